"""Who is asking: an e-mail address and a password, against the bound database's own people."""

from uuid import UUID

from django.contrib.auth.backends import BaseBackend
from django.http import HttpRequest

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
        return user if user.check_password(password) and user.is_active else None

    def get_user(self, user_id: UUID) -> User | None:
        """Whose session this is, unless deactivated since."""
        return User.objects.active().with_rights_mark().filter(pk=user_id).first()
