from typing import ClassVar

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models.people import User
from tenants.belonging import OfOneTenant
from tenants.identifiers import new_id


class SupportGrant(OfOneTenant):
    """Break-glass, as the tenant sees it: an operator asks to come in, for a reason and a while; somebody decides.

    The operator is a guest: no User of the tenant's. Rows aren't deleted.
    """

    class State(models.TextChoices):
        REQUESTED = "requested", _("Requested")
        APPROVED = "approved", _("Approved")
        REFUSED = "refused", _("Refused")
        OPEN = "open", _("In use")
        ENDED = "ended", _("Ended")

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    operator_id = models.UUIDField(editable=False)
    operator_name = models.CharField(max_length=150, editable=False)
    reason = models.CharField(_("reason"), max_length=300)
    minutes = models.PositiveIntegerField(_("minutes"))
    state = models.CharField(max_length=10, choices=State.choices, default=State.REQUESTED, editable=False)
    requested_at = models.DateTimeField(default=timezone.now, editable=False)
    decided_at = models.DateTimeField(null=True, editable=False)
    decided_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, editable=False, related_name="+"
    )
    second_operator_id = models.UUIDField(null=True, editable=False)
    ticket_digest = models.CharField(max_length=64, blank=True, default="", editable=False)
    ticket_until = models.DateTimeField(null=True, editable=False)
    opened_at = models.DateTimeField(null=True, editable=False)
    until = models.DateTimeField(null=True, editable=False)
    ended_at = models.DateTimeField(null=True, editable=False)
    ended_by = models.CharField(max_length=200, blank=True, default="", editable=False)

    class Meta:
        default_permissions = ()
        ordering: ClassVar = ["-requested_at"]

    def __str__(self) -> str:
        return f"{self.operator_name}: {self.reason}"
