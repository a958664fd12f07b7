"""A recovery key for whoever has none yet."""

from django.db import transaction

from backups.models import RecoveryKey
from backups.recovery_keys.wrapping import new_identity, wrap_identity
from tenants.models import Tenant


@transaction.atomic
def ensure_recovery_key(tenant: Tenant | None) -> RecoveryKey:
    """The tenant's newest, or the catalog's; made where there is none. Bound to the catalog. Raises BackupRefused."""
    key = RecoveryKey.objects.usable().filter(tenant=tenant).first()
    return key or _make(tenant, version=1)


def _make(tenant: Tenant | None, version: int) -> RecoveryKey:
    identity, recipient = new_identity()
    wrapped = wrap_identity(identity)
    return RecoveryKey.objects.create(tenant=tenant, version=version, recipient=recipient, wrapped=wrapped)
