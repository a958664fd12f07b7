"""The end of a key, and with it of every copy encrypted to it, wherever that copy lies."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from audit.recording import record
from backups.exceptions import KeyHeld
from backups.models import Backup, RecoveryKey, Restore
from backups.recovery_keys.lending import NOTHING
from keys.certificates import Certificate, certificates, certify, write_down
from keys.owners import PLATFORM
from keys.store import key_store
from tenants.models import Tenant

ALL_KEYS = "all recovery keys"


def destroy_tenant_key(tenant: Tenant, by: str, reason: str) -> Certificate | None:
    """Destroy every key that opens a copy of this tenant, bound to the catalog; None where it never had one.

    Again, it gives the certificate of the first time. What a restore has borrowed is taken back. Raises KeyHeld.
    """
    with transaction.atomic():
        keys = [*RecoveryKey.objects.usable().filter(tenant=tenant).select_for_update(of=("self",))]
        _refuse_held(keys)
        Restore.objects.filter(tenant=tenant).update(**NOTHING)
    if keys:
        return destroy(keys, by, reason, ALL_KEYS)
    return _of_the_first_time(tenant)


def destroy(keys: Sequence[RecoveryKey], by: str, reason: str, subject: str = "") -> Certificate:
    """Empty what is wrapped of one tenant's keys, with a signed certificate; bound to the catalog.

    Raises KeyHeld while one of them opens a copy that is on hold; `hold` locks the key, so it comes before or after.
    """
    tenant = keys[0].tenant
    subject = subject or f"recovery key version {keys[0].version}"
    certificate = certify(subject, len(keys), by, reason, of=tenant.pk if tenant else PLATFORM)
    with transaction.atomic():
        here = RecoveryKey.objects.filter(pk__in=[key.pk for key in keys])
        _refuse_held([*here.select_for_update(of=("self",))])
        here.usable().update(
            wrapped=b"", trouble="", destroyed_at=certificate.destroyed_at, certificate=_as_json(certificate)
        )
        record(
            "backups.recovery_key_destroyed",
            tenant=keys[0].owner,
            what=subject,
            final_at=certificate.final_at.isoformat(timespec="minutes"),
        )
    with key_store() as connection:
        write_down(connection, certificate)
    return certificate


def _refuse_held(keys: Sequence[RecoveryKey]) -> None:
    tenant, versions = (keys[0].tenant_id, [key.version for key in keys]) if keys else (None, [])
    copies = Backup.objects.held().filter(tenant=tenant, key_version__in=versions)
    if last := copies.order_by("-hold_until").first():
        raise KeyHeld(last.name, last.hold_until, last.hold_reason)


def _of_the_first_time(tenant: Tenant) -> Certificate | None:
    """Written down once more, for a first time that was cut off before it was."""
    key = RecoveryKey.objects.filter(tenant=tenant, certificate__subject=ALL_KEYS).first()
    if key is None:
        return None
    certificate = certificate_of(key)
    with key_store() as connection:
        write_down(connection, certificate)
    return certificate


def is_destroyed(tenant: UUID | None, version: int) -> bool:
    """Whether a genuine certificate says so, also where the catalog has forgotten it."""
    subjects = (ALL_KEYS, f"recovery key version {version}")
    known = certificates(of=tenant or PLATFORM)
    return any(each.subject in subjects and each.is_genuine for each in known)


def _as_json(certificate: Certificate) -> dict[str, Any]:
    told = {**asdict(certificate), "signature": certificate.signature.hex()}
    moments = {name: told[name].isoformat() for name in ("destroyed_at", "final_at")}
    return told | moments | {"id": str(certificate.id), "tenant": str(certificate.tenant)}


def certificate_of(key: RecoveryKey) -> Certificate:
    """As it was signed when the key was destroyed."""
    told = dict(key.certificate)
    told |= {"id": UUID(told["id"]), "tenant": UUID(told["tenant"])}
    told |= {name: datetime.fromisoformat(told[name]) for name in ("destroyed_at", "final_at")}
    return Certificate(**{**told, "signature": bytes.fromhex(told["signature"])})
