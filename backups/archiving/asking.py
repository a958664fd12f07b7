"""A tenant is to be archived: why, and until which day; from then on nobody can make it end sooner."""

from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from audit.context import because
from audit.recording import record
from backups.archiving.recipients import archive_recipients
from backups.archiving.waking import seal_soon
from backups.exceptions import ArchiveRefused
from backups.models import ArchivedCopy
from tenants.clock import time_of_catalog
from tenants.models import Tenant, TenantState

TABLE = ArchivedCopy._meta.db_table
ARCHIVABLE = (TenantState.ACTIVE, TenantState.SUSPENDED, TenantState.LEAVING)
LONGEST = 50  # years


@dataclass(frozen=True)
class Wish:
    """`reason`: which law, in words. `keep_until`: the last day on which it is kept, UTC."""

    reason: str
    keep_until: date


def archive(tenant: Tenant, wish: Wish, by: str) -> ArchivedCopy:
    """Ask for an archived copy of all of it, bound to the catalog. Raises ArchiveRefused in words, BackupRefused."""
    archive_recipients()
    with transaction.atomic(), because(wish.reason.strip()):
        held = Tenant.objects.select_for_update().get(pk=tenant.pk)
        _refuse_unfit(held, wish)
        copy: ArchivedCopy = ArchivedCopy.objects.create(
            tenant=held, reason=wish.reason.strip(), keep_until=wish.keep_until, requested_by=by
        )
        until = f"{wish.keep_until:%Y-%m-%d}"
        held.note(gettext_noop("archived copy asked for"), by, until=until)
        record("backups.archive_asked", subject=TABLE, object_id=copy.pk, tenant=held.slug, until=until)
        transaction.on_commit(seal_soon)
    return copy


def _refuse_unfit(tenant: Tenant, wish: Wish) -> None:
    if tenant.state not in ARCHIVABLE:
        told = {"tenant": tenant.name}
        raise ArchiveRefused(_("%(tenant)s has no database that could be archived.") % told)
    if not wish.reason.strip():
        raise ArchiveRefused(_("Say which law demands it: it stands in the log for good."))
    today = time_of_catalog().date()
    if not today < wish.keep_until <= furthest(today):
        raise ArchiveRefused(_("Give a day from tomorrow on, within fifty years."))
    if ArchivedCopy.objects.unfinished().filter(tenant=tenant).exists():
        raise ArchiveRefused(
            _("%(tenant)s is being archived already: wait until that has ended.") % {"tenant": tenant.name}
        )


def furthest(today: date) -> date:
    return today.replace(year=today.year + LONGEST, day=min(today.day, 28))
