"""One drill from its beginning to its signed report. Whatever happens, scratch is empty and the spool gone after it."""

import logging
from dataclasses import dataclass
from datetime import timedelta

from django.db import OperationalError as CatalogAway
from django.utils import timezone
from psycopg import OperationalError

from backups.drilling.ending import end, put_back
from backups.drilling.pulse import Pulse
from backups.drilling.scratch import scratch_alone
from backups.drilling.steps import KINDS, STEPS, DrillStepKind
from backups.drilling.work import DoesNotApply, Found, Work, remove_left_spools, spool_of
from backups.exceptions import (
    BackupError,
    DrillStopped,
    LeaseLost,
    ScratchTaken,
    StepFailed,
    StorageAway,
)
from backups.models import Backup, Drill, DrillStep
from backups.storage import open_store
from tenants.binding import CATALOG, bound_to

logger = logging.getLogger(__name__)
State = DrillStep.State
ATTEMPTS = 3
# Nothing that the copy could help: another try may find the storage or the server back.
PASSING = (StorageAway, OperationalError, CatalogAway, OSError)
KILLED = "Its worker was killed three times: nothing was proven."
NOT_REACHED = "It wasn't reached."
SOON = timedelta(seconds=20)


def carry_out(drill: Drill) -> None:
    """Prove what `drill` was claimed for, unbound: it has ended when this returns, or waits for another try.

    Raises LeaseLost where another worker has it now: nothing of what we found counts then.
    """
    killed = drill.attempt > ATTEMPTS
    try:
        with scratch_alone() as scratch, spool_of(drill) as spool, Pulse(drill) as pulse:
            with bound_to(CATALOG):
                backup = Backup.objects.get(pk=drill.backup_id)
                _lay_out(drill)
            if killed:
                remove_left_spools(spool)
            ended = _Ended("worker", KILLED) if killed else _Ended()
            _prove(Work(drill, backup, open_store("reader"), scratch, pulse, spool), ended)
    except ScratchTaken as taken:
        put_back(drill, str(taken), timezone.now() + SOON, counts=False)
    except PASSING as trouble:
        put_back(drill, in_words(trouble), timezone.now() + timedelta(minutes=2 ** min(drill.attempt, 6)))


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
    passing: BaseException | None = None

    @property
    def is_so(self) -> bool:
        return bool(self.error or self.passing)


def _prove(work: Work, ended: _Ended) -> None:
    """Whatever there is to prove, and then cleaned up: also where three workers were killed and nothing is tried."""
    *proofs, clean = STEPS
    for kind in proofs:
        if ended.is_so:
            _note(work, kind, State.SKIPPED, NOT_REACHED)
        else:
            _try(work, kind, ended)
    work.pulse.rest()
    try:
        _carry_out_step(work, clean)
    except StepFailed as failure:
        ended.failed, ended.error = ended.failed or clean.code, ended.error or str(failure)
    if ended.passing:
        raise ended.passing
    end(work.drill, failed=ended.failed, error=ended.error)


def _try(work: Work, kind: DrillStepKind, ended: _Ended) -> None:
    """Raises LeaseLost, with nothing left behind."""
    try:
        _carry_out_step(work, kind)
    except StepFailed as failure:
        ended.failed, ended.error = kind.code, str(failure)
    except DrillStopped:
        ended.error = "It was stopped."
    except PASSING as trouble:
        if work.drill.attempt < ATTEMPTS:
            ended.passing = trouble
        else:
            ended.failed, ended.error = kind.code, in_words(trouble)
    except LeaseLost:
        KINDS["clean"].run(work)
        raise


def _carry_out_step(work: Work, kind: DrillStepKind) -> None:
    """However it ends, its row says so. Raises StepFailed, DrillStopped, LeaseLost, and what PASSING names."""
    _note(work, kind, State.RUNNING)
    try:
        found = _found(work, kind)
    except DoesNotApply as reason:
        _note(work, kind, State.SKIPPED, str(reason))
    except StepFailed as failure:
        _note(work, kind, State.FAILED, str(failure), **failure.details)
        raise
    except DrillStopped:
        _note(work, kind, State.SKIPPED, "It was stopped here.")
        raise
    except PASSING as trouble:
        _note(work, kind, State.FAILED, in_words(trouble))
        raise
    except LeaseLost:
        raise
    except Exception as problem:
        logger.exception("The step %s of drill %s ended unexpectedly.", kind.code, work.drill.pk)
        says = (
            str(problem) if isinstance(problem, BackupError) else f"It ended with {type(problem).__name__}."
        )
        _note(work, kind, State.FAILED, says)
        raise StepFailed(says) from problem
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


def _note(work: Work, kind: DrillStepKind, state: str, says: str = "", **details: object) -> None:
    """Raises LeaseLost: who has lost the drill writes nothing about it."""
    now = timezone.now()
    moments = {"started_at": now} if state == State.RUNNING else {"finished_at": now}
    if state == State.SKIPPED and says == NOT_REACHED:
        moments = {}
    with bound_to(CATALOG):
        work.drill.renew()
        work.drill.steps.filter(code=kind.code).update(state=state, found=says, details=details, **moments)


def in_words(trouble: BaseException) -> str:
    """Of PostgreSQL's words only the first line: what follows may be what is in a row."""
    return str(trouble).partition("\n")[0] or type(trouble).__name__
