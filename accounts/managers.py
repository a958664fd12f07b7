"""People, in the words of the product."""

from typing import TYPE_CHECKING

from django.contrib.auth.base_user import BaseUserManager
from django.contrib.auth.hashers import make_password
from django.db import models

if TYPE_CHECKING:
    from accounts.models import User


class UserQuerySet(models.QuerySet["User"]):
    def active(self) -> "UserQuerySet":
        return self.filter(is_active=True)


class UserManager(BaseUserManager["User"]):
    def get_queryset(self) -> UserQuerySet:
        return UserQuerySet(self.model, using=self._db)

    def active(self) -> UserQuerySet:
        return self.get_queryset().active()

    def invite(self, email: str, name: str, language: str = "") -> "User":
        """An active user who can't sign in before setting a password by link.

        Asked again for the same address it returns who is there, unchanged.
        """
        return self.bring_in(email, name, language)[0]

    def bring_in(self, email: str, name: str, language: str = "") -> tuple["User", bool]:
        """As `invite`, and whether the user is new."""
        unusable = make_password(None)
        return self.get_or_create(
            email=email.lower(), defaults={"name": name, "language": language, "password": unusable}
        )
