"""Who is asking: an e-mail address and a password, against the bound database's own people.

The demo's people, whose passwords stand in a file, are nobody in production: not even where its database was copied.
"""

from uuid import UUID

from django.conf import settings
from django.contrib.auth.backends import BaseBackend
from django.http import HttpRequest

from accounts.demo import ADDRESSES
from accounts.models import User


class EmailBackend(BaseBackend):
    def authenticate(
        self, request: HttpRequest | None, email: str = "", password: str = "", **_: object
    ) -> User | None:
        """The active user with this password. Takes as long where nobody has this address."""
        user = User.objects.filter(email=email).first()
        if user is None:
            User().set_password(password)
            return None
        return user if user.check_password(password) and user.is_active and _is_real(user) else None

    def get_user(self, user_id: UUID) -> User | None:
        """Whose session this is, unless deactivated since."""
        user = User.objects.active().with_rights_mark().filter(pk=user_id).first()
        return user if user and _is_real(user) else None


def _is_real(user: User) -> bool:
    return not (settings.ENVIRONMENT.is_production and user.email in ADDRESSES)
