from typing import ClassVar

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.managers import AssignmentQuerySet
from accounts.models.people import User
from accounts.models.roles import Role
from tenants.belonging import OfOneTenant
from tenants.identifiers import new_id


class Assignment(OfOneTenant):
    """A person has a role: where, from when to when, why, and when somebody looks at it again. Ended, never deleted."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="assignments")
    role = models.ForeignKey(Role, on_delete=models.PROTECT, related_name="assignments")
    scope = models.CharField(_("scope"), max_length=20, default="tenant")
    scope_id = models.CharField(max_length=64, blank=True, default="")
    starts_at = models.DateTimeField(_("from"), default=timezone.now)
    ends_at = models.DateTimeField(_("until"), null=True, blank=True)
    reason = models.CharField(_("reason"), max_length=300, blank=True)
    review_on = models.DateField(_("review on"), null=True, blank=True)
    granted_at = models.DateTimeField(default=timezone.now, editable=False)
    granted_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, editable=False, related_name="+"
    )
    ended_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, editable=False, related_name="+")
    end_reason = models.CharField(max_length=300, blank=True, default="", editable=False)

    objects = AssignmentQuerySet.as_manager()

    class Meta:
        default_permissions = ()
        ordering: ClassVar = ["-granted_at", "-id"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(ends_at=None) | models.Q(ends_at__gte=models.F("starts_at")),
                name="assignment_ends_after_it_starts",
                violation_error_message=_("It would end before it begins."),
            ),
            models.UniqueConstraint(
                fields=["user", "role", "scope", "scope_id"],
                condition=models.Q(ends_at=None),
                name="assignment_open_once",
                violation_error_message=_("This person has this role already."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.role_id}"
