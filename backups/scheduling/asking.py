"""A copy that somebody asks for: a wish like those of the schedule, and before them in the queue."""

from collections.abc import Iterable

from django.db import transaction

from audit.recording import record_in_catalog
from backups.exceptions import BackupRefused
from backups.models import Backup, Tier
from backups.scheduling.tasks import wake_worker
from tenants.binding import CATALOG, bound_to
from tenants.models import Tenant


def ask_for_copy(tenant: Tenant | None, by: str, tier: str = Tier.MANUAL) -> Backup:
    """A copy of `tenant` (None: the catalog) that is taken next; where one waits already, that one.

    The catalog is bound, or nobody. Raises BackupRefused for one that has no database yet, or none any more.
    """
    with bound_to(CATALOG), transaction.atomic():
        backup = _wish(tenant, by, tier)
        transaction.on_commit(wake_worker)
        return backup


def ask_for_copies(whose: Iterable[Tenant | None], by: str) -> tuple[list[Backup], bool]:
    """One of each, and whether a worker could be told of it: else beat tells it, once the broker is back."""
    with bound_to(CATALOG):
        wishes = []
        for tenant in whose:
            with transaction.atomic():
                wishes.append(_wish(tenant, by, Tier.MANUAL))
        return wishes, wake_worker()


def _wish(tenant: Tenant | None, by: str, tier: str) -> Backup:
    if tenant and not Tenant.objects.with_database().filter(pk=tenant.pk).exists():
        raise BackupRefused(f"{tenant} has no database that could be copied.")
    waiting = Backup.objects.select_for_update().filter(tenant=tenant, tier=tier, state=Backup.State.WAITING)
    backup: Backup | None = waiting.first()
    if backup is None:
        backup = Backup.objects.create(tenant=tenant, tier=tier, requested_by=by)
        name = tenant.slug if tenant else CATALOG.alias
        record_in_catalog("backups.asked", subject="backups_backup", object_id=backup.pk, tenant=name)
    return backup
