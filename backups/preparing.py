"""What every start makes sure of: copies apart from servers, a policy for each tier, and a recovery key for all."""

from backups.models import Policy, Tier
from backups.recovery_keys.making import ensure_recovery_key
from backups.storage.apart import refuse_shared_host
from tenants.binding import CATALOG, bound_to
from tenants.models import Server, Tenant

KEPT_DAYS = {Tier.DAILY: 30, Tier.WEEKLY: 90, Tier.MANUAL: 30, Tier.SAFETY: 30}


def prepare_backups() -> None:
    """Idempotent. Raises BackupRefused in production where copies lie on a host that tenants live on."""
    with bound_to(CATALOG):
        refuse_shared_host(*Server.objects.all())
        for tier, days in KEPT_DAYS.items():
            Policy.objects.get_or_create(tier=tier, defaults={"keep_days": days})
        ensure_recovery_key(None)
        for tenant in Tenant.objects.with_database():
            ensure_recovery_key(tenant)
