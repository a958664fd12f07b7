"""A fingerprint is what its form says it is: anybody can calculate it again."""

import hashlib
from collections.abc import Callable

from backups.fingerprints import fingerprint
from backups.snapshots import snapshot_of
from business.contacts.models import Contact
from tenants.binding import bound_to
from tenants.models import Tenant

MANY = 2**64


def piece(digest: bytes, start: int) -> int:
    return int.from_bytes(digest[start : start + 8], "big", signed=True)


def expected(rows: list[str]) -> str:
    """PostgreSQL's mod has the sign of what is divided."""
    digests = [hashlib.sha256(row.encode()).digest() for row in rows]
    sums = [sum(piece(digest, start) for digest in digests) for start in (0, 8, 16, 24)]
    return "-".join(str(total % MANY if total >= 0 else -(-total % MANY)) for total in sums)


def test_a_digest_is_the_sum_of_the_rows_hashes(new_tenant: Callable[[], Tenant]) -> None:
    tenant = new_tenant()
    with bound_to(tenant):
        for name in ("نخيل الرياض", "北京启明会展", "Dora “Q” Quill"):
            Contact(name=name).create(by=None)
    columns = sorted(field.column for field in Contact._meta.concrete_fields)
    listed = ", ".join(f'"{name}"' for name in columns)

    with snapshot_of(tenant.place) as snapshot:
        found = fingerprint(snapshot.connection)["public.contacts_contact"]
        query = f"SELECT ROW({listed})::text FROM public.contacts_contact"
        rows = [row for (row,) in snapshot.connection.execute(query.encode())]

    assert len(rows) == 3
    assert found == {"rows": 3, "digest": expected(rows)}
