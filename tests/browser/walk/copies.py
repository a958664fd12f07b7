"""Copies in every condition, of one tenant and of the catalog; and the newest drills of them."""

from datetime import timedelta

from django.utils import timezone

from backups.keeping.unclaimed import said_by_name
from backups.models import Backup, Restore, UnclaimedCopy
from tenants.binding import CATALOG, bound_to
from tenants.models import Tenant
from tests.backups.rows import copy_row, drill_row
from tests.browser.walk.samples import Sample, Samples, history_of

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
LONG = "database.dump.zst.age ليس كما يقول البيان / 与清单不符: 41,230,112 bytes and not 41,230,144"
FORGED = "t_0123456789abcdef/20260101T010203Z-weekly-0123abcd-12"
MANIFEST = {
    "database": "t_acme",
    "era": 1,
    "lsn": "0/15D68C8",
    "recipient": "age1q0xv5s6wz9vkgd2j6g7lqf7s7w0u8dvh5fk4j3c3e9t2l7n8m6sq5zq4w9",
    "key_version": 1,
    "versions": {"server": 17, "pg_dump": 17, "schema": 4},
    "migrations": ["accounts.0001_initial"],
    "objects": {"database.dump.zst.age": {"plain_bytes": 900, "bytes": 250, "sha256": "6a2b" * 16}},
    "content": {
        "public.contacts_contact": {"rows": 1234, "digest": "-".join(["18446744073709551615"] * 4)},
        "public.auth_group_id_seq": {"value": 7, "called": True},
    },
}


def copies_at(tenant: Tenant) -> Samples:
    """The first is the plain one, and not the newest: it may go."""
    with bound_to(CATALOG):
        if not Backup.objects.filter(tenant=tenant).exists():
            _make(tenant)
        kept = {each.hold_reason or each.condition: each for each in Backup.objects.filter(tenant=tenant)}
    plain, held = kept["verified"], kept["Case 7"]
    states = [Sample({"pk": str(each.pk)}, state) for state, each in kept.items()]
    return {
        "copy": [Sample({"pk": str(plain.pk)})],
        "copy-detail": states,
        "copy-release": [Sample({"pk": str(held.pk)})],
        "policy": [Sample({"tier": "daily"}), Sample({"tier": "manual"}, "without a window")],
        "record": history_of("backups_backup", held.pk),
    }


def _make(tenant: Tenant) -> None:
    now = timezone.now()
    for age in range(8, 12):
        copy_row(tenant, age * DAY, manifest=MANIFEST, verified_at=now)
    copy_row(tenant, 7 * DAY, manifest=MANIFEST, hold_until=now + 99 * DAY, hold_reason="Case 7")
    copy_row(tenant, 6 * DAY, manifest=MANIFEST, damage=LONG)
    copy_row(tenant, 5 * DAY, manifest=MANIFEST, removed_at=now)
    drilled = copy_row(tenant, 4 * DAY, manifest=MANIFEST, verified_at=now, drilled_at=now)
    copy_row(tenant, 3 * DAY, state="failed", snapshot_at=None, attempt=5, error=LONG)
    copy_row(tenant, DAY, manifest=MANIFEST, plain_bytes=300)
    copy_row(tenant, timedelta(), state="running", snapshot_at=None, finished_at=None, lease_until=now + HOUR)
    later = now + HOUR  # nobody takes it meanwhile
    copy_row(tenant, -timedelta(minutes=1), state="waiting", snapshot_at=None, next_try_at=later)
    copy_row(None, 2 * DAY, manifest=MANIFEST)
    drill_row(drilled)
    drill_row(drilled, DAY, state="failed", failed_step="rows", rto_seconds=None)
    for folder, signed in (
        (f"{tenant.schema_name}/20260101T010203Z-daily-0123abcd-1", True),
        (FORGED, False),
    ):
        UnclaimedCopy.objects.create(
            folder=folder, **said_by_name(folder), bytes=41_230_112, is_signed=signed, found_at=now
        )
    Restore.objects.create(
        tenant=tenant, backup=drilled, purpose="legal", reason="Case 7", requested_by="alice"
    )
