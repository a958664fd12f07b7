"""A recovery key for whoever has none yet, and a newer one in the place of an old."""

from django.db import transaction
from django.db.models import Max

from audit.recording import record
from backups.models import Backup, RecoveryKey
from backups.owners import short_name
from backups.recovery_keys.proving import sign
from backups.recovery_keys.wrapping import new_identity, wrap_identity, wrapping_recipients
from tenants.models import Tenant


@transaction.atomic
def ensure_recovery_key(tenant: Tenant | None) -> RecoveryKey:
    """The tenant's newest, or the catalog's; made where there is none. Bound to the catalog. Raises BackupRefused.

    One that we didn't make is passed over, and never encrypted to.
    """
    key = RecoveryKey.objects.usable().filter(tenant=tenant).first()
    if key is not None and not key.is_genuine:
        record("backups.recovery_key_forged", "refused", tenant=short_name(tenant), version=key.version)
    return key if key is not None and key.is_genuine else add_version(tenant)


def add_version(tenant: Tenant | None) -> RecoveryKey:
    """A new key that copies are encrypted to from now on, inside a transaction on the catalog. Raises BackupRefused.

    Its number is above any that a copy names, also where the table of keys was lost.
    """
    identity, recipient = new_identity()
    key = RecoveryKey(tenant=tenant, version=_latest(tenant) + 1, recipient=recipient)
    key.signature = sign(key.message)
    key.wrapped, key.wrapped_for = wrap_identity(identity), ",".join(wrapping_recipients())
    key.save(force_insert=True)
    return key


def _latest(tenant: Tenant | None) -> int:
    known = RecoveryKey.objects.filter(tenant=tenant).aggregate(latest=Max("version"))["latest"]
    named = Backup.objects.filter(tenant=tenant).aggregate(latest=Max("key_version"))["latest"]
    return max(known or 0, named or 0)
