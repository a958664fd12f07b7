"""A worker's part: take a job, do it, and say how it ended."""

import logging
from contextlib import nullcontext
from dataclasses import dataclass, field
from typing import Any, LiteralString
from uuid import UUID

from celery.exceptions import SoftTimeLimitExceeded
from django.utils.translation import gettext_noop

from jobs.exceptions import Cancelled, JobFailed, LeaseLost, NotServed, TimeIsUp, WorkerEnds
from jobs.files import delete_files_of, expiry
from jobs.holding import Hold, take
from jobs.models import Job
from jobs.owners import entitled_owner
from jobs.progress import Progress
from jobs.reporting import reported
from tenants.attribution import attribution
from tenants.binding import Bindable, bound_to

logger = logging.getLogger(__name__)
TOO_LONG = gettext_noop("It took longer than the %(minutes)s minutes it may take, and was stopped.")
BROKEN = gettext_noop(
    "It stopped because of an error (%(error)s). Nothing more is known here; the worker's log says where."
)
TAKEN_OVER = "Job %s was taken over: what attempt %s did is dropped."
SHUT = gettext_noop("The site was suspended: this goes on from its beginning once the site is open again.")
ENDS = gettext_noop("The worker was told to end: another one goes on.")
BEGUN_AGAIN: LiteralString = gettext_noop(
    "The worker before died in the middle: this is attempt %(attempt)s."
)


def carry_out(target: Bindable, job_id: UUID) -> None:
    """Do the job if it waits, unbound, and leave it ended: done, failed in words, cancelled or waiting again."""
    hold = take(target, job_id)
    if hold is not None:
        with attribution().of_task(hold.kind.name, hold.actor):
            _carry_out(hold)


def _carry_out(hold: Hold) -> None:
    end = None
    try:
        with reported(hold) as progress:
            end = _attempt(hold, progress)
        _write(end, hold, progress)
    except LeaseLost:
        logger.warning(TAKEN_OVER, hold.job_id, hold.attempt)
        end = None
    if end is None or end.state != Job.State.DONE:
        with bound_to(hold.target):
            delete_files_of(hold.job_id, hold.token)


@dataclass(frozen=True)
class End:
    """How an attempt ended, still to be written down."""

    state: str
    values: dict[str, Any] = field(default_factory=dict)


def _attempt(hold: Hold, progress: Progress) -> End:
    """Raises LeaseLost; whatever else the body raises is an end."""
    try:
        if hold.attempt > 1:
            progress.warn(BEGUN_AGAIN, attempt=hold.attempt)
        if hold.kind.permission:
            progress.owner = entitled_owner(hold)
        with nullcontext() if hold.kind.of_platform else bound_to(hold.target):
            result = hold.kind.body(progress=progress, arguments=hold.arguments)
    except LeaseLost:
        raise
    except Exception as error:  # noqa: BLE001 - whatever it is, the job ends in words
        return _end_of(hold, error)
    file = {"file": progress.file_path, "file_expires_at": expiry()} if progress.file_path else {}
    return End(Job.State.DONE, {"result": result or {}, **file})


def _end_of(hold: Hold, error: Exception) -> End:
    match error:
        case Cancelled():
            return End(Job.State.CANCELLED)
        case NotServed():
            return End(Job.State.QUEUED, {"line": SHUT})
        case WorkerEnds():
            return End(Job.State.QUEUED, {"line": ENDS})
        case TimeIsUp() | SoftTimeLimitExceeded():
            return _failed(TOO_LONG, {"minutes": hold.kind.minutes})
        case JobFailed():
            return _failed(error.text, error.details)
    logger.error("Job %s (%s) failed.", hold.job_id, hold.kind.name, exc_info=error)
    return _failed(BROKEN, {"error": type(error).__name__})


def _failed(text: str, details: dict[str, Any]) -> End:
    return End(Job.State.FAILED, {"error": text, "error_details": details})


def _write(end: End, hold: Hold, progress: Progress) -> None:
    values, lines = progress.news()
    if end.state == Job.State.QUEUED:
        hold.put_back([*lines, hold.line("warning", end.values["line"], {})])
    else:
        hold.finish(end.state, lines, **values, **end.values)
