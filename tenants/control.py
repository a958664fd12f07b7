"""A command's work done by `control`, with its lines coming back as they are said."""

import logging
import time
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any, ClassVar
from uuid import UUID

from django.core.management import get_commands, load_command_class
from django.core.management.base import CommandError
from django.db import models
from django.db.models.functions import Concat, Now
from django.utils import timezone
from django.utils.module_loading import import_string

from tenants.binding import CATALOG, bound_to
from tenants.celery import BROKER_AWAY
from tenants.endings import NOT_CARRIED_OUT, REFUSED, ending_of
from tenants.heartbeats import beating
from tenants.identifiers import new_id

logger = logging.getLogger(__name__)
POLL_SECONDS = 0.25
BEAT_SECONDS = 5.0
SILENCE_SECONDS = 60.0
KEPT = timedelta(days=1)
NOBODY_TOOK_IT = (
    "The control worker is silent, or busy with something else: nothing was done. Is it running? Give the command"
    " again when it is."
)
FELL_SILENT = (
    "The control worker had begun, and is silent now: what it did stays done, and if it wakes it goes on. Look how it"
    " stands before you give the command again."
)
Say = Callable[[str], None]


class ControlRun(models.Model):
    """One command handed to `control`: what it said so far, and how it ended.

    `progress` is what isn't its answer: for standard error. `alive_at` moves for as long as somebody works on it.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    command = models.CharField(max_length=50)
    options = models.JSONField(default=dict)
    output = models.TextField(blank=True)
    progress = models.TextField(blank=True, default="", db_default="")
    error = models.TextField(blank=True)
    exit_code = models.PositiveSmallIntegerField(default=0, db_default=0)
    requested_at = models.DateTimeField(default=timezone.now)
    alive_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        default_permissions = ()
        ordering: ClassVar = ["-requested_at"]

    def __str__(self) -> str:
        return self.command


def run_by_control(command: str, options: dict[str, Any], say: Say, tell: Say) -> None:
    """Hand the work over and repeat each line as it is said, and to `tell` how far it is. Raises as the command did.

    Where nobody takes it within a minute it is taken back, so that it is never done behind the back of whoever was
    told that it wasn't; all such commands can be given again.
    """
    with bound_to(CATALOG):
        run = ControlRun.objects.create(command=command, options=options)
        _hand_over(run)
    heard: tuple[object, ...] = ()
    echo = Echo(say, tell)
    heard_at = time.monotonic()
    while not run.finished_at:
        time.sleep(POLL_SECONDS)
        with bound_to(CATALOG):
            run.refresh_from_db()
        echo.of(run)
        if (news := (len(run.output), len(run.progress), run.alive_at)) != heard:
            heard, heard_at = news, time.monotonic()
        elif time.monotonic() - heard_at > SILENCE_SECONDS:
            _take_back(run)
    with bound_to(CATALOG):
        _forget(run)
    if run.error:
        raise CommandError(run.error, returncode=run.exit_code or REFUSED)


class Echo:
    """Says each line once."""

    def __init__(self, say: Say, tell: Say) -> None:
        self._ways = {"output": say, "progress": tell}
        self._said = dict.fromkeys(self._ways, 0)

    def of(self, run: ControlRun) -> None:
        for name, way in self._ways.items():
            lines = getattr(run, name)
            if len(lines) > self._said[name]:
                way(lines[self._said[name] :].rstrip("\n"))
                self._said[name] = len(lines)


def _take_back(run: ControlRun) -> None:
    """It won't be done any more, unless its end comes first. Raises CommandError with what is true of it."""
    with bound_to(CATALOG):
        silent = ControlRun.objects.filter(pk=run.pk, alive_at=run.alive_at, finished_at=None)
        taken, _of_each = silent.delete()
    if taken:
        raise CommandError(FELL_SILENT if run.alive_at else NOBODY_TOOK_IT, returncode=NOT_CARRIED_OUT)


def _forget(run: ControlRun) -> None:
    """What was said is on the screen now, a link to set a password among it: the catalog keeps none of it."""
    long_ago = timezone.now() - KEPT
    ControlRun.objects.filter(models.Q(pk=run.pk) | models.Q(requested_at__lt=long_ago)).delete()


def _hand_over(run: ControlRun) -> None:
    """A message that a frozen broker delivers later finds no run, so that “nothing was done” stays true."""
    try:
        import_string("tenants.tasks.run_command").delay(str(run.pk))
    except BROKER_AWAY as error:
        run.delete()
        raise CommandError(
            "The broker is away, so the control worker hears nothing: nothing was done.",
            returncode=NOT_CARRIED_OUT,
        ) from error


def carry_out_run(run_id: UUID) -> None:
    """Do the work of a run, in the process that holds the provisioner's credential."""
    with bound_to(CATALOG):
        taken = ControlRun.objects.filter(pk=run_id, finished_at=None)
        if not taken.update(alive_at=Now()):
            return  # delivered once more after all was done, or after its asker had been told that nothing was
        run = taken.get()
    with beating(partial(_say_alive, run_id), BEAT_SECONDS, f"run {run_id}"):
        error, code = _outcome(run)
    with bound_to(CATALOG):
        taken.update(error=error, exit_code=code, finished_at=timezone.now())


def _outcome(run: ControlRun) -> tuple[str, int]:
    """How the command ended: why it failed, "" where it didn't, and the exit code."""
    from tenants.commands import ControlCommand  # noqa: PLC0415 - commands load apps, and this is one

    command = load_command_class(get_commands()[run.command], run.command)
    try:
        if not isinstance(command, ControlCommand):
            raise CommandError(f"{run.command} is not for control.")
        command.tell = lambda line: _append(run.pk, "progress", line)
        command.carry_out(lambda line: _append(run.pk, "output", line), **run.options)
    except Exception as problem:
        logger.exception("The command %s failed.", run.command)
        return ending_of(problem) or (str(problem) or type(problem).__name__, NOT_CARRIED_OUT)
    return "", 0


def _say_alive(run_id: UUID) -> None:
    """Whoever asked hears that it is worked on, however long nothing is said."""
    with bound_to(CATALOG):
        ControlRun.objects.filter(pk=run_id).update(alive_at=Now())


def _append(run_id: UUID, name: str, line: str) -> None:
    with bound_to(CATALOG):
        said = Concat(name, models.Value(line.rstrip("\n") + "\n"))
        ControlRun.objects.filter(pk=run_id).update(**{name: said})
