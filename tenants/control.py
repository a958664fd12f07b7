"""A command's work done by `control`, with its lines coming back as they are said."""

import logging
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any, ClassVar
from uuid import UUID

from django.core.management import get_commands, load_command_class
from django.core.management.base import CommandError
from django.db import models
from django.db.models.functions import Concat
from django.utils import timezone
from django.utils.module_loading import import_string

from tenants.binding import CATALOG, bound_to
from tenants.celery import BROKER_AWAY
from tenants.identifiers import new_id

logger = logging.getLogger(__name__)
POLL_SECONDS = 0.25
SILENCE_SECONDS = 60.0
KEPT = timedelta(days=1)
Say = Callable[[str], None]


class ControlRun(models.Model):
    """One command handed to `control`: what it said so far, and how it ended."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    command = models.CharField(max_length=50)
    options = models.JSONField(default=dict)
    output = models.TextField(blank=True)
    error = models.TextField(blank=True)
    requested_at = models.DateTimeField(default=timezone.now)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        default_permissions = ()
        ordering: ClassVar = ["-requested_at"]

    def __str__(self) -> str:
        return self.command


def run_by_control(command: str, options: dict[str, Any], say: Say) -> None:
    """Hand the work over and repeat each line as it is said. Raises CommandError as the command did.

    After a minute of silence it gives up waiting; every such command can be given again.
    """
    with bound_to(CATALOG):
        run = ControlRun.objects.create(command=command, options=options)
        _hand_over(run)
    said, heard_at = 0, time.monotonic()
    while True:
        with bound_to(CATALOG):
            run.refresh_from_db()
        if len(run.output) > said:
            say(run.output[said:].rstrip("\n"))
            said, heard_at = len(run.output), time.monotonic()
        if run.finished_at:
            break
        if time.monotonic() - heard_at > SILENCE_SECONDS:
            raise CommandError(
                "The control worker is silent: is it running? Give the command again when it is."
            )
        time.sleep(POLL_SECONDS)
    with bound_to(CATALOG):
        _forget(run)
    if run.error:
        raise CommandError(run.error)


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
            "The broker is away, so the control worker hears nothing: nothing was done."
        ) from error


def carry_out_run(run_id: UUID) -> None:
    """Do the work of a run, in the process that holds the provisioner's credential."""
    from tenants.commands import ControlCommand  # noqa: PLC0415 - commands load apps, and this is one

    with bound_to(CATALOG):
        run = ControlRun.objects.filter(pk=run_id, finished_at=None).first()
    if run is None:
        return  # delivered once more after all was done, or after its asker had been told that nothing was
    command = load_command_class(get_commands()[run.command], run.command)
    error = ""
    try:
        if not isinstance(command, ControlCommand):
            raise CommandError(f"{run.command} is not for control.")
        command.carry_out(lambda line: _append(run_id, line), **run.options)
    except Exception as problem:
        logger.exception("The command %s failed.", run.command)
        error = str(problem) or type(problem).__name__
    with bound_to(CATALOG):
        ControlRun.objects.filter(pk=run_id).update(error=error, finished_at=timezone.now())


def _append(run_id: UUID, line: str) -> None:
    with bound_to(CATALOG):
        ControlRun.objects.filter(pk=run_id).update(
            output=Concat("output", models.Value(line.rstrip("\n") + "\n"))
        )
