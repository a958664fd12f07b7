"""People as the activity log names them."""

from django.contrib.auth.models import AnonymousUser

from accounts.models import User
from accounts.support.guest import Guest
from audit.context import ANONYMOUS
from tenants.binding import bound_tenant


def actor_of(user: User | Guest | AnonymousUser) -> str:
    """user:<id> at a tenant, operator:<id> in the catalog and of a guest."""
    if isinstance(user, Guest):
        return f"operator:{user.pk}"
    if not isinstance(user, User):
        return ANONYMOUS
    return f"{'user' if bound_tenant() else 'operator'}:{user.pk}"
