"""People as the activity log names them."""

from django.contrib.auth.models import AnonymousUser

from accounts.models import User
from audit.context import ANONYMOUS
from tenants.binding import bound_tenant


def actor_of(user: User | AnonymousUser) -> str:
    """user:<id> at a tenant, operator:<id> in the catalog."""
    if not isinstance(user, User):
        return ANONYMOUS
    return f"{'user' if bound_tenant() else 'operator'}:{user.pk}"
