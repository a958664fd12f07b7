"""A copy that somebody wants now: a wish like those of the schedule, taken by the same worker."""

from django.db import transaction
from django.utils.translation import gettext

from audit.recording import record
from backups.exceptions import BackupRefused
from backups.models import Backup, Tier
from tenants.models import Tenant


@transaction.atomic
def ask_for_copy(tenant: Tenant | None, by: str) -> Backup:
    """Of the tenant, or (None) of the catalog. Raises BackupRefused without a database, or while one is wished for."""
    if tenant and not Tenant.objects.with_database().filter(pk=tenant.pk).select_for_update().exists():
        raise BackupRefused(gettext("It has no database that could be copied."))
    unfinished = (Backup.State.WAITING, Backup.State.RUNNING)
    if Backup.objects.filter(tenant=tenant, tier=Tier.MANUAL, state__in=unfinished).exists():
        raise BackupRefused(gettext("A copy on demand is being taken already."))
    backup = Backup.objects.create(tenant=tenant, tier=Tier.MANUAL, requested_by=by)
    record("backups.asked", subject=Backup._meta.db_table, object_id=backup.pk, tenant=name_of(tenant))
    return backup


def name_of(tenant: Tenant | None) -> str:
    """As events name it."""
    return tenant.slug if tenant else "catalog"
