"""Asking for a job: a row, and once that is committed a message. The row is what counts; a message may be lost."""

import logging
from datetime import timedelta
from functools import partial
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils.module_loading import import_string

from jobs.kinds import Kind, Person, kind_named
from jobs.models import Job
from tenants.attribution import attribution
from tenants.binding import bound_place
from tenants.celery import BROKER_AWAY
from tenants.exceptions import TenancyError
from tenants.watching import watch_bound_tenant

logger = logging.getLogger(__name__)
KILLED_AFTER = 30  # seconds past the time limit in which a body may still clean up


class WrongSurface(TenancyError):
    """A job of the platform was asked for at a tenant: those are started in the catalog only."""


def start(name: str, owner: Person | None, /, **arguments: Any) -> Job:
    """Ask for a job of that kind, for whoever is bound; begun once the transaction around it is committed.

    `arguments` go to the body as they are, through JSON. Raises KeyError for a kind that nobody registered.
    """
    kind = kind_named(name)
    if kind is None:
        raise KeyError(f"No kind of job is called {name}.")
    if kind.of_platform and not bound_place().is_catalog:
        raise WrongSurface(f"{name} is the platform's: it can't be started here.")
    with transaction.atomic():
        watch_bound_tenant(within=_patience())
        owner_id = owner.pk if owner else None
        actor = attribution().packed()
        job = Job.objects.create(kind=name, owner_id=owner_id, arguments=arguments, actor=actor)
        transaction.on_commit(partial(send, job, kind))
    return job


def start_again(job: Job) -> None:
    """Try again what failed or was cancelled, from its beginning. Raises JobRefused."""
    kind = kind_named(job.kind)
    with transaction.atomic():
        watch_bound_tenant(within=_patience())
        job.queue_again()
        if kind:
            transaction.on_commit(partial(send, job, kind))


def send(job: Job, kind: Kind) -> bool:
    """Put a message on the kind's queue. A broker that is away loses nothing: the sweep sends it again."""
    limit = kind.time_limit.total_seconds()
    try:
        import_string("jobs.tasks.run_job").apply_async(
            (str(job.pk),), queue=kind.queue, soft_time_limit=limit, time_limit=limit + KILLED_AFTER
        )
    except BROKER_AWAY:
        logger.warning("The broker is away; job %s waits for the next sweep.", job.pk)
        return False
    return True


def _patience() -> timedelta:
    return timedelta(seconds=settings.AMANA_JOB_PATIENCE_SECONDS)
