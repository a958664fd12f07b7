"""One drill from its beginning to its signed report. Whatever happens, scratch is empty and the spool gone after it."""

import logging
from dataclasses import dataclass
from datetime import timedelta

from django.utils.translation import gettext_noop

from backups.alarming.storage import storage_refuses
from backups.drilling.ending import end, put_back
from backups.drilling.judging import About
from backups.drilling.machine import PASSING, machine_words
from backups.drilling.pulse import ASKED_TO, Pulse
from backups.drilling.scratch import scratch_alone
from backups.drilling.steps import STEPS, DrillStepKind
from backups.drilling.work import DoesNotApply, Found, Work, remove_left_spools, spool_of
from backups.exceptions import (
    BackupError,
    DrillStopped,
    LeaseLost,
    NotOfTheCopy,
    ScratchTaken,
    StepFailed,
    StorageAway,
)
from backups.models import Backup, Drill, DrillStep
from backups.scheduling.stopping import Stopped
from backups.scheduling.working import PATIENCE_WITH_STORAGE
from backups.sentences import facts_of, sentence, words_of
from backups.storage import open_store
from tenants.binding import CATALOG, bound_to
from tenants.clock import time_of_catalog

logger = logging.getLogger(__name__)
State = DrillStep.State
ATTEMPTS = 3
WORKER = "worker"  # where no step failed, but who was to carry it out
NOT_REACHED = sentence(gettext_noop("It wasn't reached."))
STOPPED = sentence(gettext_noop("It was stopped."))
KILLED = sentence(gettext_noop("Its worker was killed three times: nothing was proven."))
SOON = timedelta(seconds=20)


def carry_out(drill: Drill) -> None:
    """Prove what `drill` was claimed for, unbound: it has ended when this returns, or waits for another try.

    Raises LeaseLost where another worker has it now: nothing of what we found counts then.
    """
    try:
        with scratch_alone() as scratch:
            if drill.attempt > ATTEMPTS:
                _give_up(drill)
                return
            with spool_of(drill) as spool, Pulse(drill) as pulse:
                with bound_to(CATALOG):
                    drill.backup = Backup.objects.get(pk=drill.backup_id)
                    _lay_out(drill)
                _prove(Work(drill, drill.backup, open_store("reader"), scratch, pulse, spool))
    except ScratchTaken as taken:
        put_back(drill, words_of(taken), time_of_catalog() + SOON, counts=False)
    except Stopped as end_of_worker:
        put_back(drill, words_of(end_of_worker), time_of_catalog(), counts=False)
    except PASSING as trouble:
        _wait(drill, trouble)


def _give_up(drill: Drill) -> None:
    """What its killed workers left goes now: nobody knows when the next drill comes."""
    remove_left_spools()
    end(drill, failed=WORKER, error=KILLED)


def _wait(drill: Drill, trouble: BaseException) -> None:
    """For another try, or not any more: it is its worker then that failed."""
    logger.warning("The drill %s can't go on: %s", drill.pk, in_words(trouble))
    if _may_wait(drill, trouble):
        at = time_of_catalog() + timedelta(minutes=2**drill.attempt)
        put_back(drill, machine_words(trouble), at, counts=not isinstance(trouble, StorageAway))
    else:
        end(drill, failed=WORKER, error=machine_words(trouble))


def _may_wait(drill: Drill, trouble: BaseException) -> bool:
    """While the storage is away no drill of whomever can go on: its alarm stands, and no attempt counts for a day."""
    if isinstance(trouble, StorageAway):
        return time_of_catalog() - drill.requested_at < PATIENCE_WITH_STORAGE
    return drill.attempt < ATTEMPTS


def _lay_out(drill: Drill) -> None:
    """All steps, waiting; what an earlier attempt found is forgotten."""
    drill.renew()
    drill.steps.all().delete()
    DrillStep.objects.bulk_create(
        [DrillStep(drill=drill, position=place, code=kind.code) for place, kind in enumerate(STEPS, start=1)]
    )


@dataclass
class _Ended:
    """Why no further proof is begun: the step that failed, in words; with words alone it was stopped."""

    failed: str = ""
    error: str = ""
    about: About = About.MACHINE
    passing: BaseException | None = None

    @property
    def is_so(self) -> bool:
        return bool(self.error or self.passing)


def _prove(work: Work) -> None:
    *proofs, clean = STEPS
    ended = _Ended()
    for kind in proofs:
        if ended.is_so:
            _note(work, kind, State.SKIPPED, NOT_REACHED)
        else:
            _try(work, kind, ended)
    work.pulse.rest()
    try:
        _carry_out_step(work, clean)
    except StepFailed as failure:
        ended.failed, ended.error = ended.failed or clean.code, ended.error or words_of(failure)
    if ended.passing:
        raise ended.passing
    end(work.drill, failed=ended.failed, error=ended.error, about=ended.about)


def _try(work: Work, kind: DrillStepKind, ended: _Ended) -> None:
    """Raises LeaseLost."""
    try:
        _carry_out_step(work, kind)
    except StepFailed as failure:
        ended.failed, ended.error = kind.code, words_of(failure)
        ended.about = About.MACHINE if isinstance(failure, NotOfTheCopy) else kind.about
    except DrillStopped:
        ended.error = STOPPED
    except Stopped as end_of_worker:
        ended.passing = end_of_worker
    except PASSING as trouble:
        if isinstance(trouble, StorageAway):
            storage_refuses("reader", trouble)
        if _may_wait(work.drill, trouble):
            ended.passing = trouble
        else:
            ended.failed = kind.code if isinstance(trouble, StorageAway) else WORKER
            ended.error = machine_words(trouble)


def _carry_out_step(work: Work, kind: DrillStepKind) -> None:
    """However it ends, its row says so. Raises StepFailed, what stops it, LeaseLost, and what PASSING names."""
    _note(work, kind, State.RUNNING)
    try:
        found = _found(work, kind)
    except DoesNotApply as reason:
        _note(work, kind, State.SKIPPED, words_of(reason))
    except StepFailed as failure:
        _note(work, kind, State.FAILED, words_of(failure), **failure.details)
        raise
    except ASKED_TO:
        _note(work, kind, State.SKIPPED, sentence(gettext_noop("It was stopped here.")))
        raise
    except PASSING as trouble:
        _note(work, kind, State.FAILED, machine_words(trouble))
        raise
    except LeaseLost:
        raise
    except Exception as problem:
        logger.exception("The step %s of drill %s ended unexpectedly.", kind.code, work.drill.pk)
        says = _unexpected(problem)
        _note(work, kind, State.FAILED, says)
        raise NotOfTheCopy(says) from problem
    else:
        _note(work, kind, State.PASSED, found.says, **found.details)


def _found(work: Work, kind: DrillStepKind) -> Found:
    """What ended it from outside counts, and not what that made of the step."""
    try:
        found = kind.run(work)
    except BaseException:
        work.pulse.check()
        raise
    work.pulse.check()
    return found


def _unexpected(problem: Exception) -> str:
    if isinstance(problem, BackupError):
        return words_of(problem)
    return sentence(gettext_noop("It ended with %(kind)s."), kind=type(problem).__name__)


def _note(work: Work, kind: DrillStepKind, state: str, says: str = "", **details: object) -> None:
    """Raises LeaseLost: who has lost the drill writes nothing about it."""
    now = time_of_catalog()
    moments = {"started_at": now} if state == State.RUNNING else {"finished_at": now}
    if state == State.SKIPPED and says == NOT_REACHED:
        moments = {}
    with bound_to(CATALOG):
        work.drill.renew()
        step = work.drill.steps.filter(code=kind.code)
        step.update(state=state, found=str(says), words=facts_of(says), details=details, **moments)


def in_words(trouble: BaseException) -> str:
    """Of PostgreSQL's words only the first line: what follows may be what is in a row."""
    return str(trouble).partition("\n")[0] or type(trouble).__name__
