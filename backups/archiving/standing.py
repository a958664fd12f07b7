"""What there is of a tenant in the archive, what is wrong with any of it, and whether each is as it was sealed."""

import hashlib
from datetime import timedelta

from django.db.models import F, Max, Q
from django.utils import timezone

from audit.recording import record
from backups.alarming.kinds import AlarmKind
from backups.alarming.raising import end_alarm, raise_alarm
from backups.exceptions import CopyDamaged, ObjectMissing
from backups.models import ArchivedCopy
from backups.pipeline import BLOCK
from backups.storage import Writable, open_store
from tenants.binding import CATALOG, bound_to
from tenants.models import Tenant

TABLE = ArchivedCopy._meta.db_table
AGAIN = timedelta(days=30)
A_WEEK = timedelta(days=7)
AT_ONCE = 20


def kept_of(tenant: Tenant) -> tuple[int, str]:
    """How many archived copies stay when it is closed, and the last day of the last one; bound to the catalog."""
    kept = ArchivedCopy.objects.kept().filter(tenant=tenant)
    last = kept.aggregate(last=Max("keep_until"))["last"]
    return kept.count(), f"{last:%Y-%m-%d}" if last else ""


def watch() -> None:
    """An alarm stands while one is damaged or past its last day, and for a week after one couldn't be made; unbound."""
    failed = Q(state=ArchivedCopy.State.FAILED, finished_at__gt=timezone.now() - A_WEEK)
    long_over = timezone.now().date() - timedelta(days=2)
    with bound_to(CATALOG):
        damaged = ArchivedCopy.objects.kept().exclude(damage="").count()
        unmade = ArchivedCopy.objects.filter(failed).count()
        overdue = ArchivedCopy.objects.kept().filter(keep_until__lt=long_over).count()
    if damaged or unmade or overdue:
        says = (
            f"Archived copies: {damaged} damaged, {overdue} past their last day, {unmade} not made this week."
        )
        raise_alarm(AlarmKind.ARCHIVE, None, says)
    else:
        end_alarm(AlarmKind.ARCHIVE, None)


def verify_round() -> int:
    """Those longest unverified, a few each time, by who may read the storage; how many. Raises StorageAway."""
    unverified = Q(verified_at=None) | Q(verified_at__lt=timezone.now() - AGAIN)
    with bound_to(CATALOG):
        due = ArchivedCopy.objects.kept().filter(unverified).select_related("tenant")
        found = [*due.order_by(F("verified_at").asc(nulls_first=True))[:AT_ONCE]]
    for copy in found:
        verify(copy)
    watch()
    return len(found)


def verify(copy: ArchivedCopy) -> bool:
    """Whether it is, byte for byte, what was sealed; noted, unbound. Raises StorageAway."""
    try:
        read_whole(copy)
    except (ObjectMissing, CopyDamaged) as fault:
        note(copy, str(fault))
        return False
    note(copy, "")
    return True


def read_whole(copy: ArchivedCopy, target: Writable | None = None) -> None:
    """All of it from the storage, into `target`. Raises CopyDamaged at its end, ObjectMissing, StorageAway."""
    digest, size = hashlib.sha256(), 0
    with open_store("reader").read(copy.name) as file:
        while data := file.read(BLOCK):
            digest.update(data)
            size += len(data)
            if target is not None:
                target.write(data)
    if (size, digest.hexdigest()) != (copy.bytes, copy.sha256):
        raise CopyDamaged(f"{copy.name} isn't what was sealed.")


def note(copy: ArchivedCopy, damage: str) -> None:
    """What was found, in the log only where it is news."""
    with bound_to(CATALOG):
        news = ArchivedCopy.objects.filter(pk=copy.pk).exclude(damage=damage).update(damage=damage)
        ArchivedCopy.objects.filter(pk=copy.pk).update(verified_at=timezone.now())
        if news and damage:
            record(
                "backups.archive_verified",
                "failed",
                subject=TABLE,
                object_id=copy.pk,
                tenant=copy.tenant.slug,
                until=f"{copy.keep_until:%Y-%m-%d}",
            )
    copy.damage = damage
