"""The end of a customer: unreachable at once, then dropped in the background."""

from django.core.cache import cache
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from tenants.binding import CATALOG, bound_to
from tenants.carrying_out import request, step
from tenants.exceptions import TenancyError
from tenants.files import delete_all_files
from tenants.host_epochs import forget_hosts
from tenants.models import Operation, Tenant, TenantState
from tenants.provisioner import execute, exists, hold, provisioner


class NotConfirmed(TenancyError):
    """The name typed isn't the tenant's: nothing was done."""


def request_closing(tenant: Tenant, typed: str, actor: str) -> Operation:
    """Close `tenant` for good, bound to the catalog. `typed` must be its short name, letter by letter."""
    if typed != tenant.slug:
        raise NotConfirmed(_("Type %(slug)s to close it: nothing was done.") % {"slug": tenant.slug})
    with transaction.atomic():
        tenant.close(actor)
        unfinished = tenant.operations.filter(kind=Operation.Kind.PROVISION).exclude(state="done")
        unfinished.update(state=Operation.State.FAILED, error="It was closed before it was set up.")
        return request(Operation.Kind.CLOSE, tenant, actor)


@step("Take the address away")
def unpublish(operation: Operation) -> None:
    with bound_to(CATALOG), transaction.atomic():
        forget_hosts(operation.tenant.domains.values_list("domain", flat=True))
        operation.tenant.domains.all().delete()


@step("Drop the database")
def drop_database(operation: Operation) -> None:
    place = operation.tenant.place
    with provisioner(server=place) as connection:
        hold(connection, place.database)
        if exists(connection, "role", place.role):
            execute(connection, "ALTER ROLE {} NOLOGIN", place.role)
        execute(connection, "DROP DATABASE IF EXISTS {} WITH (FORCE)", place.database)


@step("Drop the role")
def drop_role(operation: Operation) -> None:
    place = operation.tenant.place
    with provisioner(server=place) as connection:
        execute(connection, "DROP ROLE IF EXISTS {}", place.role)


@step("Remove files and cache")
def remove_traces(operation: Operation) -> None:
    with bound_to(operation.tenant):
        delete_all_files()
        cache.clear()


@step("Write it off")
def write_off(operation: Operation) -> None:
    tenant = operation.tenant
    with bound_to(CATALOG), transaction.atomic():
        if tenant.state != TenantState.CLOSED:
            tenant.state = TenantState.CLOSED
            tenant.save(update_fields=["state"])
            tenant.note(gettext_noop("closed"), operation.requested_by)
            tenant.operations.update(owner_email="", owner_name="", owner_link="")
