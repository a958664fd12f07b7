"""A copy that somebody asks for: a wish like those of the schedule, and before them in the queue."""

from django.db import transaction

from audit.recording import record_in_catalog
from backups.exceptions import BackupRefused
from backups.models import Backup, Tier
from backups.scheduling.tasks import wake_worker
from tenants.binding import CATALOG, bound_to
from tenants.models import Tenant


def ask_for_copy(tenant: Tenant | None, by: str, tier: str = Tier.MANUAL) -> Backup:
    """A copy of `tenant` (None: the catalog) that is taken next; one that waits already is that one.

    Whoever is bound is the catalog or nobody. Raises BackupRefused for one that has no database any more, or not yet.
    """
    with bound_to(CATALOG), transaction.atomic():
        if tenant and not Tenant.objects.with_database().filter(pk=tenant.pk).exists():
            raise BackupRefused(f"{tenant} has no database that could be copied.")
        waiting = Backup.objects.select_for_update().filter(
            tenant=tenant, tier=tier, state=Backup.State.WAITING
        )
        backup: Backup = waiting.first() or _ask(tenant, by, tier)
        transaction.on_commit(wake_worker)
        return backup


def _ask(tenant: Tenant | None, by: str, tier: str) -> Backup:
    backup = Backup.objects.create(tenant=tenant, tier=tier, requested_by=by)
    name = tenant.slug if tenant else "catalog"
    record_in_catalog("backups.asked", subject="backups_backup", object_id=backup.pk, tenant=name)
    return backup
