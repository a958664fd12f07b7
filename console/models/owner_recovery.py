from typing import ClassVar

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.support.recovering import Approved
from console.exceptions import RecoveryRefused
from console.models.staying import STAYS
from tenants.identifiers import new_id
from tenants.models import Tenant


class OwnerRecovery(models.Model):
    """The only owner of a tenant has lost device and codes. One operator asks, with proof; another agrees; time passes.

    The row of the same id in the tenant's database says whether somebody there said no.
    """

    class State(models.TextChoices):
        ASKED = "asked", _("Asked: a second operator has to agree")
        APPROVED = "approved", _("Approved: the customer is being told")
        WAITING = "waiting", _("Waiting: the customer can say no")
        REFUSED = "refused", _("Refused")
        CANCELLED = "cancelled", _("Cancelled")
        DONE = "done", _("Done")

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    tenant = models.ForeignKey(Tenant, on_delete=models.PROTECT, related_name="recoveries")
    email = models.EmailField(_("E-mail of the owner"))
    proof = models.CharField(
        _("Proof that it is them"),
        max_length=500,
        help_text=_("Not by e-mail: which notarised letter, which known number was called, who answered."),
    )
    state = models.CharField(max_length=10, choices=State.choices, default=State.ASKED, editable=False)
    requested_by = models.ForeignKey(User, on_delete=STAYS, editable=False, related_name="+")
    requested_at = models.DateTimeField(default=timezone.now, editable=False)
    approved_by = models.ForeignKey(User, on_delete=STAYS, null=True, editable=False, related_name="+")
    approved_at = models.DateTimeField(null=True, editable=False)
    due_at = models.DateTimeField(null=True, editable=False)
    cancelled_by = models.ForeignKey(User, on_delete=STAYS, null=True, editable=False, related_name="+")
    objection = models.CharField(max_length=200, blank=True, default="", editable=False)
    ended_at = models.DateTimeField(null=True, editable=False)
    settled = models.BooleanField(
        default=False, editable=False, help_text="Over, and the tenant's row says so, too."
    )

    class Meta:
        default_permissions = ()
        ordering: ClassVar = ["-requested_at"]

    def __str__(self) -> str:
        return f"{self.email} → {self.tenant}"

    @property
    def is_over(self) -> bool:
        return self.state in (self.State.REFUSED, self.State.CANCELLED, self.State.DONE)

    @property
    def why_not(self) -> str:
        """The objection, in the active language."""
        return gettext(self.objection) if self.objection else ""

    @property
    def approved(self) -> Approved | None:
        """What the tenant is told; None before a second operator agreed."""
        if self.approved_by is None:
            return None
        return Approved(
            id=self.pk,
            email=self.email,
            proof=self.proof,
            asked_by=self.requested_by.name,
            approved_by=self.approved_by.name,
            approver=self.approved_by.pk,
        )

    def approve(self, by: User) -> None:
        """Raises RecoveryRefused. The row is held, as in all of these."""
        if by.pk == self.requested_by_id:
            raise RecoveryRefused(
                gettext("Two operators have to agree: another one has to look at the proof.")
            )
        self._refuse_unless(self.State.ASKED)
        self.state, self.approved_by, self.approved_at = self.State.APPROVED, by, timezone.now()
        self.save(update_fields=["state", "approved_by", "approved_at"])

    def cancel(self, by: User) -> None:
        self._refuse_unless(self.State.ASKED, self.State.APPROVED, self.State.WAITING)
        self.cancelled_by = by
        self._end(self.State.CANCELLED)

    def heed(self) -> None:
        """Somebody at the tenant said no."""
        self.settled = True
        self._end(self.State.CANCELLED)

    def refuse(self, objection: str) -> None:
        """The tenant's own database speaks against it."""
        self.objection, self.settled = objection, True
        self._end(self.State.REFUSED)

    def finish(self) -> None:
        self._refuse_unless(self.State.WAITING)
        self.settled = True
        self._end(self.State.DONE)

    def _refuse_unless(self, *states: "OwnerRecovery.State") -> None:
        if self.state not in states:
            raise RecoveryRefused(gettext("This can't be done any more: look at where it stands."))

    def _end(self, state: "OwnerRecovery.State") -> None:
        self.state, self.ended_at = state, timezone.now()
        self.save(update_fields=["state", "ended_at", "cancelled_by", "objection", "settled"])
