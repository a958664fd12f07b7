"""The first user of a new tenant."""

from accounts.inviting import invite_owner, send_invitation, set_password_link
from accounts.models import User
from tenants.binding import CATALOG, bound_to
from tenants.carrying_out import step
from tenants.operations import Operation


@step("Invite the owner")
def invite_the_owner(operation: Operation) -> None:
    """Make the owner's account without a password, and a link to set one; again: the same account, a new link."""
    tenant = operation.tenant
    with bound_to(tenant):
        owner = invite_owner(operation.owner_email, operation.owner_name, tenant.language)
        operation.owner_link = set_password_link(owner, tenant.site_url)
    with bound_to(CATALOG):
        operation.save(update_fields=["owner_link"])


@step("Write to the owner")
def write_to_the_owner(operation: Operation) -> None:
    """Once the address is published: a worker does nothing for a tenant that isn't served. Again: another letter."""
    with bound_to(operation.tenant):
        owner = User.objects.filter(email=operation.owner_email.lower()).first()
        if owner:
            send_invitation(owner)
