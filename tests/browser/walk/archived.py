"""Archived copies in several states, as rows: nobody could open their files. One that waits would keep Acme open."""

from datetime import timedelta
from uuid import UUID

from django.utils import timezone

from backups.models import ArchivedCopy, Retrieval
from tenants.binding import CATALOG, bound_to
from tenants.models import Tenant
from tests.browser.walk.samples import Sample, Samples, in_each_state
from tests.browser.walk.support import REASON

PRIYA, YUSUF = "operator:priya@amana.example", "operator:yusuf@amana.example"
RECIPIENTS = ",".join(f"age1{letters * 29}" for letters in ("q3", "7x"))


def archived_at(tenant: Tenant) -> Samples:
    with bound_to(CATALOG):
        if not ArchivedCopy.objects.filter(tenant=tenant).exists():
            for state in ("failed", "done"):
                _make(tenant, state)
            _end(_make(tenant, "done"))
            for state in Retrieval.State.values:
                _take_out(_make(tenant, "done"), state)
        copies = ArchivedCopy.objects.filter(tenant=tenant)
        found = {each.condition: each.pk for each in copies.filter(retrievals=None)}
        asked = {each.state: each.archived_id for each in Retrieval.objects.filter(archived__tenant=tenant)}
        current = Retrieval.objects.get(archived__tenant=tenant, state="approved")
    return {
        "archive-detail": in_each_state({**found, **asked}),
        "retrieval": [_sample(current.pk)],
        "retrieval-create": [_sample(found["done"])],
    }


def _sample(pk: UUID) -> Sample:
    return Sample({"pk": str(pk)})


def _make(tenant: Tenant, state: str) -> ArchivedCopy:
    now = timezone.now()
    copy = ArchivedCopy(tenant=tenant, reason=REASON, state=state, requested_by=PRIYA, requested_at=now)
    copy.keep_until = now.date() + timedelta(days=3650)
    copy.next_try_at = now + timedelta(days=9)
    if state == "failed":
        copy.error = "The storage refuses: No space left on device."
    if state == "done":
        copy.is_sealed, copy.taken_at, copy.verified_at = True, now, now
        copy.rows, copy.files, copy.bytes = 1234567, 12, 987654321
        copy.sha256, copy.recipients = "5f" * 32, RECIPIENTS
    copy.save()
    return copy


def _end(copy: ArchivedCopy) -> None:
    copy.removed_at, copy.damage = timezone.now(), "It isn't what was sealed."
    copy.save()


def _take_out(copy: ArchivedCopy, state: str) -> None:
    now = timezone.now()
    found = Retrieval(archived=copy, purpose="inspection", reason=REASON, state=state, requested_by=PRIYA)
    if state != "requested":
        found.decided_by, found.decided_at, found.opens_at = YUSUF, now, now + timedelta(days=3)
    if state == "ready":
        found.ready_until = now + timedelta(days=1)
    if not found.is_open:
        found.finished_at = now
    if state in ("stopped", "failed"):
        found.error = REASON
    found.save()
