from typing import ClassVar

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models.assignments import Assignment
from accounts.models.people import User
from accounts.models.roles import Role
from tenants.belonging import OfOneTenant
from tenants.identifiers import new_id


class Review(OfOneTenant):
    """A campaign in which every assignment in force is looked at and decided, within 90 days of the last (AZ-011)."""

    class State(models.TextChoices):
        OPEN = "open", _("Open")
        COMPLETED = "completed", _("Completed")
        CANCELLED = "cancelled", _("Cancelled")

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    name = models.CharField(_("name"), max_length=100)
    state = models.CharField(max_length=20, choices=State.choices, default=State.OPEN, editable=False)
    due_on = models.DateField(_("due"))
    started_at = models.DateTimeField(default=timezone.now, editable=False)
    started_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, editable=False, related_name="+"
    )
    ended_at = models.DateTimeField(null=True, editable=False)
    ended_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, editable=False, related_name="+")

    class Meta:
        default_permissions = ()
        ordering: ClassVar = ["-started_at"]

    def __str__(self) -> str:
        return self.name


class ReviewItem(OfOneTenant):
    """One assignment to decide about. Who and what it was stands here too: evidence outlives what it is about."""

    class Decision(models.TextChoices):
        KEEP = "keep", _("Keep")
        REDUCE = "reduce", _("Reduce")
        REVOKE = "revoke", _("Revoke")
        UNREVIEWED = "unreviewed", _("Not reviewed: nobody else may")

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    review = models.ForeignKey(Review, on_delete=models.CASCADE, related_name="items")
    assignment = models.ForeignKey(Assignment, on_delete=models.PROTECT, related_name="review_items")
    person_name = models.CharField(max_length=150)
    role_name = models.CharField(max_length=80)
    decision = models.CharField(max_length=10, choices=Decision.choices, blank=True, default="")
    reduced_to = models.ForeignKey(Role, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    reason = models.CharField(_("reason"), max_length=300, blank=True, default="")
    decided_at = models.DateTimeField(null=True, editable=False)
    decided_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, editable=False, related_name="+"
    )

    class Meta:
        default_permissions = ()
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["review", "assignment"], name="assignment_reviewed_once"),
        ]

    def __str__(self) -> str:
        return f"{self.person_name}: {self.role_name}"


class ReviewNotice(OfOneTenant):
    """That those who look after reviews were written to: once of each kind, about one review.

    Of kind BEGIN it is the last that was completed, or none where there never was one.
    """

    class Kind(models.TextChoices):
        DUE = "due", _("Comes due")
        OVERDUE = "overdue", _("Overdue")
        BEGIN = "begin", _("To be started")

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    kind = models.CharField(max_length=10, choices=Kind.choices)
    review = models.ForeignKey(Review, on_delete=models.CASCADE, null=True, related_name="notices")
    sent_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        default_permissions = ()
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["kind", "review"], nulls_distinct=False, name="reviewers_told_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.review_id}"
