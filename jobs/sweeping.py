"""What messages and workers left behind: found each minute, begun again or ended in words."""

import logging
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import F, Min
from django.db.models.functions import Least, Now
from django.utils import timezone
from django.utils.translation import gettext_noop

from jobs.files import delete_files_of
from jobs.kinds import Kind
from jobs.models import Job
from jobs.running import TOO_LONG
from jobs.starting import send
from tenants.binding import CATALOG, Bindable, bound_to
from tenants.watching import due_watches

logger = logging.getLogger(__name__)
DIED = gettext_noop(
    "The worker died in the middle, and this can't be begun again by itself: see what was done before you try again."
)
DIED_OFTEN = gettext_noop(
    "The worker died in the middle, %(attempts)s times: it isn't tried again by itself."
)
GONE = gettext_noop("This kind of work isn't known any more.")


def sweep() -> None:
    """The catalog, and each tenant that has work; one's trouble stops no other. Must be called unbound."""
    _swept(CATALOG)
    with bound_to(CATALOG):
        due = [*due_watches()]
    for watch, tenant in due:
        swept, look_again_at = _swept(tenant)
        if swept:
            with bound_to(CATALOG):
                watch.look_again(look_again_at)


def _swept(target: Bindable) -> tuple[bool, datetime | None]:
    try:
        return True, sweep_one(target)
    except Exception:
        logger.exception("The jobs of %s couldn't be swept.", target.place.alias)
        return False, None


def sweep_one(target: Bindable) -> datetime | None:
    """Put right what stands in one database; when to look again, None where there is nothing left to wait for."""
    with bound_to(target):
        for job_id in [*Job.objects.abandoned().values_list("pk", flat=True)]:
            _take_back(job_id)
        for job in [*Job.objects.queued().filter(sent_at__lt=Now() - _patience())]:
            _send_again(job)
        _clear_up()
        return _next_look()


@transaction.atomic
def _take_back(job_id: UUID) -> None:
    """From a worker that died: whatever it still writes, its token is refused."""
    job = Job.objects.abandoned().select_for_update(skip_locked=True).filter(pk=job_id).first()
    if job is None:
        return
    kind = job.registered
    if job.cancel_requested_at:
        job.end(Job.State.CANCELLED)
    elif job.killed_at and job.killed_at < timezone.now():
        job.end(Job.State.FAILED, TOO_LONG, minutes=kind.minutes if kind else "?")
    else:
        _begin_again_or_end(job, kind)
    job.save()
    delete_files_of(job.pk)
    if kind and not job.is_over:
        transaction.on_commit(lambda: send(job, kind) or None)


def _begin_again_or_end(job: Job, kind: Kind | None) -> None:
    if kind is None:
        job.end(Job.State.FAILED, GONE)
    elif not kind.resumable:
        job.end(Job.State.FAILED, DIED)
    elif job.attempt >= kind.attempts:
        job.end(Job.State.FAILED, DIED_OFTEN, attempts=job.attempt)
    else:
        job.wait()


def _send_again(job: Job) -> None:
    """A message that nobody took within its time is sent anew: it may have been lost with the broker."""
    kind = job.registered
    this = Job.objects.queued().filter(pk=job.pk, sent_at=job.sent_at)
    if kind is None:
        this.update(state=Job.State.FAILED, error=GONE, finished_at=timezone.now())
    elif job.next_send_at <= timezone.now() and this.update(
        sent_at=timezone.now(), sends=Least(F("sends") + 1, 20)
    ):
        send(job, kind)


def _clear_up() -> None:
    """Files whose time is over, and jobs that nobody will ask for any more."""
    for job in Job.objects.with_expired_file():
        delete_files_of(job.pk)
        Job.objects.filter(pk=job.pk).update(file="")
    for job in Job.objects.over().filter(finished_at__lt=timezone.now() - _kept()):
        delete_files_of(job.pk)
        job.delete()


def _next_look() -> datetime | None:
    now = timezone.now()
    if Job.objects.unfinished().exists():
        return now + _patience()
    of_files = Job.objects.exclude(file="").aggregate(at=Min("file_expires_at"))["at"]
    oldest = Job.objects.over().aggregate(at=Min("finished_at"))["at"]
    moments = [of_files, oldest + _kept() if oldest else None]
    return min((moment for moment in moments if moment), default=None)


def _patience() -> timedelta:
    return timedelta(seconds=settings.AMANA_JOB_PATIENCE_SECONDS)


def _kept() -> timedelta:
    return timedelta(days=settings.AMANA_JOB_DAYS)
