"""The keys of customers that are closed: destroyed with them, or when the last copy on hold is let go.

A copy that the law demands is of no use without what opens it, nor without what opens its encrypted columns.
"""

import logging

from django.utils.translation import gettext_noop

from backups.archiving.standing import kept_of
from backups.exceptions import KeyHeld
from backups.keeping.tasks import write_holds_soon
from backups.models import Backup, RecoveryKey, Restore
from backups.recovery_keys.destroying import destroy_tenant_key
from backups.restoring.asking import give_up
from keys.provisioning import destroy_keys
from tenants.binding import CATALOG, bound_to
from tenants.models import Tenant, TenantState

logger = logging.getLogger(__name__)
CLOSED = "the tenant was closed"
KEPT = gettext_noop("keys kept: a copy is on hold")
NO_HOLD = gettext_noop("No copy of it is on hold any more.")
DESTROYED = gettext_noop("recovery keys destroyed")


def end_recovery_keys(tenant: Tenant, by: str) -> None:
    """No copy of it opens any more, wherever it lies; the trail names the day of the last escrow, or the hold."""
    with bound_to(CATALOG):
        try:
            certificate = destroy_tenant_key(tenant, by, _reason(tenant))
        except KeyHeld as hold:
            _note_once(tenant, KEPT, by, copy=hold.copy, until=f"{hold.until:%Y-%m-%d}", reason=hold.reason)
            write_holds_soon()  # that it is a closed one's copy, too
            return
        if certificate is not None:
            told = {"certificate": str(certificate.id), "final_at": certificate.final_at.isoformat()}
            _note_once(tenant, DESTROYED, by, **told)


def _reason(tenant: Tenant) -> str:
    """For the certificate, which also says what the keys that are gone never opened."""
    number, until = kept_of(tenant)
    return (
        f"{CLOSED}; archived copies stay, opened by offline keys alone: {number}, until {until}"
        if number
        else CLOSED
    )


def end_keys(tenant: Tenant, by: str) -> None:
    """Of its encrypted columns, once no recovery key is left: nothing can be put on hold from then on."""
    with bound_to(CATALOG):
        waits = RecoveryKey.objects.usable().filter(tenant=tenant).exists()
    if not waits:
        destroy_keys(tenant, by)


def end_of_closed(by: str) -> None:
    """What was kept for a hold that has ended; a failure of one tenant's leaves the others' to be done."""
    with bound_to(CATALOG):
        kept = RecoveryKey.objects.usable().filter(tenant__state=TenantState.CLOSED)
        waiting = [*Tenant.objects.filter(recovery_keys__in=kept).select_related("server").distinct()]
    for tenant in waiting:
        try:
            if not _is_beside(tenant, by):
                end_recovery_keys(tenant, by)
                end_keys(tenant, by)
        except Exception:
            logger.exception("The keys of %s, which is closed, can't be destroyed.", tenant.slug)


def _is_beside(tenant: Tenant, by: str) -> bool:
    """Nothing is certified while a database that was restored of it can be read: once no hold keeps a copy, it is given
    up, and gone by the next round.
    """
    with bound_to(CATALOG):
        if Backup.objects.held().filter(tenant=tenant).exists():
            return False
        for restore in tenant.restores.filter(state__in=Restore.OPEN):
            give_up(restore, by, NO_HOLD)
        return tenant.restores.exclude(new_database="").exists()


def _note_once(tenant: Tenant, verb: str, by: str, **told: str) -> None:
    if not tenant.events.filter(verb=verb, details=told).exists():
        tenant.note(verb, by, **told)
