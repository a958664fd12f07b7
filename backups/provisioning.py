"""A tenant's keys, made and destroyed: steps of setting it up and of closing it, listed in `config`."""

from django.utils.translation import gettext_noop

from backups.archiving.standing import kept_of
from backups.archiving.storing import unfinished
from backups.exceptions import ArchiveRefused
from backups.recovery_keys.closed import end_keys, end_recovery_keys
from backups.recovery_keys.making import ensure_recovery_key
from backups.storage.apart import refuse_shared_host
from tenants.binding import CATALOG, bound_to
from tenants.carrying_out import step
from tenants.operations import Operation

STAYS = gettext_noop("archived copies stay")


@step("Make its recovery key")
def make_recovery_key(operation: Operation) -> None:
    """Not on a server that would be lost together with the copies."""
    with bound_to(CATALOG):
        refuse_shared_host(operation.tenant.server)
        ensure_recovery_key(operation.tenant)


@step("Wait for what is archived")
def wait_for_archiving(operation: Operation) -> None:
    """What the law demands is made of its database, which is dropped next; the trail says what of it stays."""
    tenant = operation.tenant
    with bound_to(CATALOG):
        if unfinished(tenant):
            raise ArchiveRefused("An archived copy of it is being made: try again once that is stored.")
        number, until = kept_of(tenant)
        if number:
            tenant.note(STAYS, operation.requested_by, number=str(number), until=until)


@step("Destroy its recovery keys")
def destroy_recovery_keys(operation: Operation) -> None:
    """While a copy is on hold they stay, and are destroyed within the hour after."""
    end_recovery_keys(operation.tenant, operation.requested_by)


@step("Destroy its keys")
def destroy_keys(operation: Operation) -> None:
    """Those of its encrypted columns, which go last and stay as long."""
    end_keys(operation.tenant, operation.requested_by)
