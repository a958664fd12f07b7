"""The key store brought to this code: tables, the platform's keys, and a key for each tenant that has none."""

from keys.data_keys import ensure_data_key
from keys.migrating import migrate_key_store
from keys.signing_keys import ensure_signing_keys
from tenants.binding import CATALOG, bound_to
from tenants.models import Tenant


def prepare_keys() -> None:
    """Idempotent."""
    migrate_key_store()
    ensure_signing_keys()
    with bound_to(CATALOG):
        ensure_data_key()
        tenants = [*Tenant.objects.with_database().select_related("server")]
    for tenant in tenants:
        with bound_to(tenant):
            ensure_data_key()
