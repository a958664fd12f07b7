"""Copies of the wrapped identities, of their own short life: what is destroyed has left the last one within days.

The catalog's backup holds none of them. They are encrypted already; a signature of `control` says that they are all
there and as they were. A file has a line of JSON for each, so that `age` opens one without our code
(docs/operations.md).
"""

import base64
import json
import os
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from audit.recording import record_in_catalog
from backups.exceptions import EscrowRefused
from backups.keeping.clock import agreed_time
from backups.models import Pulse, RecoveryKey
from backups.recovery_keys.destroying import is_destroyed
from backups.recovery_keys.proving import is_ours, sign
from keys.certificates import escrow_lifetime
from keys.escrow_folder import escrow_folder
from keys.exceptions import EscrowRefused as NotMounted
from tenants.binding import CATALOG, bound_to
from tenants.clock import time_of_catalog
from tenants.models import Tenant

NAME = "recovery-keys-%Y%m%dT%H%M%SZ.escrow"
FORM = "amana recovery keys 1"
EARLY = timedelta(hours=2)
OFTEN = timedelta(hours=23)


def make_escrow() -> Path:
    """Copy what is wrapped into a new file of AMANA_ESCROW_DIR/recovery-keys, unbound. Raises BackupRefused."""
    now = time_of_catalog().astimezone(UTC)
    path = folder() / now.strftime(NAME)
    content = "".join(f"{line}\n" for line in _lines(now)).encode()
    seal = json.dumps({"signature": base64.b64encode(sign(_message(content))).decode()})
    draft = path.with_suffix(".partial")
    with os.fdopen(os.open(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as file:
        file.write(content + f"{seal}\n".encode())
        file.flush()
        os.fsync(file.fileno())
    draft.rename(path)
    with bound_to(CATALOG):
        Pulse.objects.beat(Pulse.ESCROW, now)
    record_in_catalog("backups.escrow_made", file=path.name)
    return path


def escrow_what_is_new() -> Path | None:
    """An escrow where the last one is nearly a day old or lacks something: a new key, or one that is wrapped anew."""
    now = time_of_catalog().astimezone(UTC)
    latest = max(escrows(), default=None)
    if latest and made_at(latest) > now - OFTEN:
        kept = latest.read_text().splitlines()[1:-1]
        if kept == [*_lines(now)][1:]:
            return None
    return make_escrow()


def expire_escrows() -> list[Path]:
    """Remove each that would reach its end before the next look, and drafts of makers that were killed.

    The newest ends once there is a newer one. Raises EndingRefused, and removes nothing, where clocks disagree.
    """
    now, there = agreed_time(), escrows()
    ended = [path for path in there if ends_at(path) <= now + EARLY]
    if ended and ended == there:
        make_escrow()
    yesterday = (now - timedelta(days=1)).timestamp()
    drafts = [path for path in folder().glob("*.partial") if path.stat().st_mtime < yesterday]
    for path in [*ended, *drafts]:
        path.unlink(missing_ok=True)
    for path in ended:
        record_in_catalog("backups.escrow_ended", file=path.name)
    return ended


def escrows() -> list[Path]:
    """Oldest first."""
    return sorted(folder().glob("recovery-keys-*.escrow"))


def made_at(path: Path) -> datetime:
    return datetime.strptime(path.name, NAME).replace(tzinfo=UTC)


def ends_at(path: Path) -> datetime:
    """The moment that certificates rely on: no escrow lives longer."""
    return made_at(path) + escrow_lifetime()


def folder() -> Path:
    """Raises EscrowRefused while another machine's disk isn't mounted."""
    try:
        return escrow_folder("recovery-keys")
    except NotMounted as refusal:
        raise EscrowRefused(str(refusal)) from refusal


def restore_escrow(path: Path) -> tuple[int, int]:
    """Put back the keys that the catalog lacks, unbound, all or none: (put back, left out).

    Left out are those that were destroyed since, and those of tenants that the catalog doesn't know. Raises
    EscrowRefused where it was altered or cut short, has reached its end, or disagrees with a key that is there.
    """
    try:
        rows = read_escrow(path)
        with bound_to(CATALOG), transaction.atomic():
            put_back = sum(_put_back(row) for row in rows)
    except EscrowRefused:
        record_in_catalog("backups.escrow_restored", "refused", file=path.name)
        raise
    record_in_catalog("backups.escrow_restored", file=path.name, keys=put_back)
    return put_back, len(rows) - put_back


def _lines(now: datetime) -> Iterator[str]:
    with bound_to(CATALOG):
        keys = [*RecoveryKey.objects.usable().order_by("tenant", "version")]
    yield json.dumps({"form": FORM, "made_at": now.isoformat(), "keys": len(keys)})
    for key in keys:
        yield json.dumps(
            {
                "tenant": str(key.tenant_id) if key.tenant_id else None,
                "version": key.version,
                "recipient": key.recipient,
                "signature": base64.b64encode(bytes(key.signature)).decode(),
                "made_at": key.made_at.isoformat(),
                "wrapped_for": key.wrapped_for,
                "wrapped": base64.b64encode(bytes(key.wrapped)).decode(),
            }
        )


def read_escrow(path: Path) -> list[dict[str, Any]]:
    """Its rows, once its signature holds. Raises EscrowRefused."""
    content = path.read_bytes()
    body, _, seal = content.removesuffix(b"\n").rpartition(b"\n")
    try:
        signature = base64.b64decode(json.loads(seal)["signature"])
        if not is_ours(_message(body + b"\n"), signature):
            raise EscrowRefused("The escrow was altered or cut short, or isn't of this platform.")
        header, *rows = map(json.loads, body.splitlines())
    except (ValueError, TypeError, KeyError):
        raise EscrowRefused("That isn't a whole escrow of recovery keys.") from None
    if header["form"] != FORM:
        raise EscrowRefused("The escrow is of a format that this release doesn't know.")
    if datetime.fromisoformat(header["made_at"]) + escrow_lifetime() < timezone.now():
        raise EscrowRefused(f"{path.name} has reached its end: what certificates promise would be broken.")
    return rows


def _put_back(row: dict[str, Any]) -> bool:
    tenant = UUID(row["tenant"]) if row["tenant"] else None
    if tenant and not Tenant.objects.filter(pk=tenant).exists():
        return False
    present = RecoveryKey.objects.filter(tenant=tenant, version=row["version"]).first()
    if present and present.recipient != row["recipient"]:
        raise EscrowRefused(
            f"Version {row['version']} of {present.owner} is another key here: nothing was done."
        )
    if present or is_destroyed(tenant, row["version"]):
        return False
    key = RecoveryKey(tenant_id=tenant, version=row["version"], recipient=row["recipient"])
    key.signature = base64.b64decode(row["signature"])
    key.made_at = datetime.fromisoformat(row["made_at"])
    key.wrapped, key.wrapped_for = base64.b64decode(row["wrapped"]), row["wrapped_for"]
    key.save(force_insert=True)
    return True


def _message(content: bytes) -> bytes:
    return b"amana recovery escrow 1|" + content
