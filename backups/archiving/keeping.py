"""What `control` does about archived copies, which it can't open: it brings what may leave, and ends what is over."""

import logging
from datetime import timedelta

from django.db import transaction

from audit.recording import record
from backups.archiving.retrieving import TABLE as RETRIEVALS
from backups.archiving.retrieving import check_may_leave, remove_brought
from backups.archiving.staging import OUT, left, staged
from backups.archiving.standing import TABLE, note, read_whole
from backups.exceptions import ArchiveRefused, BackupError, CopyDamaged, EndingRefused, ObjectMissing
from backups.keeping.clock import agreed_time
from backups.models import ArchivedCopy, Retrieval
from backups.storage import open_store
from tenants.binding import CATALOG, bound_to
from tenants.clock import time_of_catalog

logger = logging.getLogger(__name__)
State = Retrieval.State
READY_FOR = timedelta(hours=24)
FEW = 10  # what one round may end: decision 0081
TOO_MANY = (
    "The last day of {due} archived copies has gone by at once: none of them was removed. Are the clocks right?"
    " expire_archive --agree {due} ends them."
)


def look_after() -> None:
    """Unbound, each minute; what one part can't do now leaves the others to be done."""
    for part in (bring_what_may_leave, end_what_wasnt_fetched, end_what_is_over):
        try:
            part()
        except (BackupError, EndingRefused) as trouble:
            logger.error("Archived copies: %s", trouble)


def bring_what_may_leave() -> int:
    """From the storage to where it is fetched from, still sealed, once its delay is over. Raises StorageAway."""
    with bound_to(CATALOG):
        agreed = Retrieval.objects.filter(state=State.APPROVED, opens_at__lte=time_of_catalog())
        found = [*agreed.select_related("archived__tenant")]
    return sum(_bring(retrieval) for retrieval in found)


def _bring(retrieval: Retrieval) -> bool:
    try:
        check_may_leave(retrieval, time_of_catalog())
    except ArchiveRefused as refusal:
        logger.warning("The retrieval %s waits: %s", retrieval.pk, refusal)
        return False
    path = staged(retrieval.pk, OUT)
    try:
        with path.open("wb") as file:
            read_whole(retrieval.archived, file)
    except (ObjectMissing, CopyDamaged) as fault:
        path.unlink(missing_ok=True)
        note(retrieval.archived, str(fault))
        return _end(retrieval, State.APPROVED, State.FAILED, str(fault))
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    return _make_ready(retrieval)


def _make_ready(retrieval: Retrieval) -> bool:
    """Unless somebody has stopped it meanwhile."""
    with bound_to(CATALOG), transaction.atomic():
        still = Retrieval.objects.filter(pk=retrieval.pk, state=State.APPROVED)
        is_ready = bool(still.update(state=State.READY, ready_until=time_of_catalog() + READY_FOR))
        if is_ready:
            slug = retrieval.archived.tenant.slug
            record("backups.retrieval_ready", subject=RETRIEVALS, object_id=retrieval.pk, tenant=slug)
    if not is_ready:
        remove_brought(retrieval)
    return is_ready


def end_what_wasnt_fetched() -> int:
    """And whatever lies there that nobody can fetch."""
    with bound_to(CATALOG):
        late = [*Retrieval.objects.filter(state=State.READY, ready_until__lt=time_of_catalog())]
        for retrieval in late:
            _end(retrieval, State.READY, State.LAPSED, "")
        ready = {*Retrieval.objects.filter(state=State.READY).values_list("pk", flat=True)}
    for pk, path in left(OUT).items():
        if pk not in ready:
            path.unlink(missing_ok=True)
    return len(late)


def _end(retrieval: Retrieval, before: str, after: str, error: str) -> bool:
    with bound_to(CATALOG):
        mine = Retrieval.objects.filter(pk=retrieval.pk, state=before)
        mine.update(state=after, error=error[:500], finished_at=time_of_catalog())
    return False


def end_what_is_over(agreed: int = 0) -> int:
    """After its last day, by two clocks (decision 0081); how many. Raises EndingRefused before anything is ended."""
    now = agreed_time()
    with bound_to(CATALOG):
        over = ArchivedCopy.objects.kept().filter(keep_until__lt=now.date()).select_related("tenant")
        due = [*over.exclude(retrievals__state__in=[State.APPROVED, State.READY])]
    if len(due) > max(FEW, agreed):
        raise EndingRefused(TOO_MANY.format(due=len(due)))
    for copy in due:
        _remove(copy)
    return len(due)


def _remove(copy: ArchivedCopy) -> None:
    """First it stops counting; what was asked for it and nobody agreed to is over with it. Raises StorageAway."""
    open_store("keeper").delete(copy.name)
    with bound_to(CATALOG), transaction.atomic():
        now = time_of_catalog()
        ArchivedCopy.objects.filter(pk=copy.pk, removed_at=None).update(removed_at=now)
        waiting = Retrieval.objects.filter(archived=copy, state=State.REQUESTED)
        waiting.update(state=State.LAPSED, finished_at=now)
        until = f"{copy.keep_until:%Y-%m-%d}"
        record(
            "backups.archive_ended", subject=TABLE, object_id=copy.pk, tenant=copy.tenant.slug, until=until
        )
