"""People, in the words of the product."""

from typing import TYPE_CHECKING

from django.apps import apps
from django.contrib.auth.base_user import BaseUserManager
from django.contrib.auth.hashers import make_password
from django.db import models
from django.db.models import Q
from django.utils import timezone

if TYPE_CHECKING:
    from accounts.models import Assignment, Role, User  # noqa: F401 - named in the bases below


class UserQuerySet(models.QuerySet["User"]):
    def active(self) -> "UserQuerySet":
        return self.filter(is_active=True)

    def with_rights_mark(self) -> "UserQuerySet":
        """Each with what of the security policy is asked at every request, so that it is read with them."""
        policies = apps.get_model("accounts", "SecurityPolicy").objects.filter(pk=1)
        return self.annotate(
            rights_mark=models.Subquery(policies.values("rights_mark")),
            totp_for_all=models.Subquery(policies.values("totp_for_all")),
            password_preset=models.Subquery(policies.values("preset")),
        )


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


class RoleQuerySet(models.QuerySet["Role"]):
    def built_in(self) -> "RoleQuerySet":
        """Those that come from the code."""
        return self.exclude(code="")

    def custom(self) -> "RoleQuerySet":
        return self.filter(code="")


class AssignmentQuerySet(models.QuerySet["Assignment"]):
    def in_force(self) -> "AssignmentQuerySet":
        """Begun, and not over."""
        now = timezone.now()
        return self.not_over().filter(starts_at__lte=now)

    def not_over(self) -> "AssignmentQuerySet":
        """In force, or to come."""
        return self.filter(Q(ends_at=None) | Q(ends_at__gt=timezone.now()))

    def of_owners(self) -> "AssignmentQuerySet":
        """Of the role that may do everything, everywhere, to people who are active."""
        return self.filter(role__code__in=("owner", "super_admin"), scope="tenant", user__is_active=True)
