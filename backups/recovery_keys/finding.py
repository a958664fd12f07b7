"""The key that copies are encrypted to."""

from backups.exceptions import RecoveryKeyMissing
from backups.models import RecoveryKey
from tenants.models import Tenant


def current_key(tenant: Tenant | None) -> RecoveryKey:
    """The tenant's newest, or the catalog's, bound to the catalog. Raises RecoveryKeyMissing."""
    key = RecoveryKey.objects.usable().filter(tenant=tenant).first()
    if key is None:
        raise RecoveryKeyMissing(f"{tenant or 'The catalog'} has no recovery key: nothing can be encrypted.")
    return key
