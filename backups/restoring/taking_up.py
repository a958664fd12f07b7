"""What is taken away from a restored database before anybody may use it: whatever gave somebody a way in then."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from uuid import UUID

from django.db import transaction
from django.db.models import F
from django.db.models.functions import Greatest
from django.utils import timezone

from accounts.models import OwnerRecovery, SecurityPolicy, Session, SupportGrant, User
from audit.context import acting
from audit.recording import record
from backups.models import Restore
from jobs.models import Job
from tenants.binding import bound_to
from tenants.places import Place
from tenants.provisioner import owner_of

ACTOR = "system:restore"
THEN = datetime(2020, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Since:
    """What the present database knows and the copy can't: who is shut out, and the highest epoch of anybody's links."""

    shut_out: list[UUID] = field(default_factory=list)
    epoch: int = 0


def take_up(restore: Restore, new: Place, since: Since) -> None:
    """Every session and link ends, and every visit of ours; who was shut out since stays out; old jobs don't begin.

    Safe to do again.
    """
    with bound_to(new), acting(ACTOR), transaction.atomic():
        SecurityPolicy.hold()
        Session.objects.all().delete()
        User.objects.update(link_epoch=Greatest(F("link_epoch") + 1, _minutes(), since.epoch + 1))
        User.objects.filter(pk__in=since.shut_out, is_active=True).update(is_active=False)
        for grant in SupportGrant.objects.select_for_update():
            if grant.may_be_ended:
                grant.end(ACTOR)
        for recovery in OwnerRecovery.objects.select_for_update():
            if recovery.is_waiting:
                recovery.cancel(ACTOR)
        now = timezone.now()
        Job.objects.unfinished().update(state=Job.State.CANCELLED, finished_at=now, cancel_requested_at=now)
        SecurityPolicy.rights_changed()
        record("backups.restored_here", at=f"{restore.backup.snapshot_at:%Y-%m-%d %H:%M} UTC")


def _minutes() -> int:
    """An epoch that no link of any database before has reached: nobody gets one a minute, year after year."""
    return int((timezone.now() - THEN).total_seconds() // 60)


def known_since(old: Place) -> Since:
    with owner_of(old) as connection:
        rows = connection.execute("SELECT id, is_active, link_epoch FROM public.accounts_user").fetchall()
    return Since(
        [pk for pk, is_active, _ in rows if not is_active], max((epoch for *_, epoch in rows), default=0)
    )
