from datetime import timedelta
from typing import ClassVar

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import SupportGrant, User
from accounts.support.asking import Asked
from console.exceptions import BreakGlassRefused
from console.models.staying import STAYS
from tenants.identifiers import new_id
from tenants.models import Tenant

State = SupportGrant.State
OVER = (State.REFUSED, State.ENDED)


class BreakGlass(models.Model):
    """An operator asks to come in at a tenant. The grant of the same id, in the tenant's database, decides.

    What stands here beside the question is a copy, brought in step by whoever changes the grant, and each minute.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    tenant = models.ForeignKey(Tenant, on_delete=models.PROTECT, related_name="visits")
    operator = models.ForeignKey(User, on_delete=STAYS, related_name="+")
    reason = models.CharField(
        _("Reason"),
        max_length=300,
        help_text=_("They read it, and decide by it."),
    )
    minutes = models.PositiveIntegerField(
        _("Minutes"), default=30, validators=[MinValueValidator(5), MaxValueValidator(120)]
    )
    requested_at = models.DateTimeField(default=timezone.now, editable=False)
    delivered_at = models.DateTimeField(null=True, editable=False)
    state = models.CharField(max_length=10, choices=State.choices, default=State.REQUESTED, editable=False)
    second_may_approve = models.BooleanField(default=False, editable=False)
    second = models.ForeignKey(User, on_delete=STAYS, null=True, editable=False, related_name="+")
    withdrawn_by = models.ForeignKey(User, on_delete=STAYS, null=True, editable=False, related_name="+")
    until = models.DateTimeField(null=True, editable=False)
    ended_at = models.DateTimeField(null=True, editable=False)
    ended_by = models.CharField(max_length=200, blank=True, default="", editable=False)
    ticket_digest = models.CharField(max_length=64, blank=True, default="", editable=False)
    ticket_until = models.DateTimeField(null=True, editable=False)

    class Meta:
        default_permissions = ()
        ordering: ClassVar = ["-requested_at"]

    def __str__(self) -> str:
        return f"{self.operator} → {self.tenant}"

    @property
    def is_over(self) -> bool:
        return self.state in OVER

    @property
    def has_run_out(self) -> bool:
        return self.until is not None and timezone.now() >= self.until

    @property
    def may_be_entered(self) -> bool:
        entered = self.state in (State.APPROVED, State.OPEN) and not self.has_run_out
        return entered and self.withdrawn_by_id is None

    @property
    def waits_for_a_second(self) -> bool:
        waiting = self.state == State.REQUESTED and self.withdrawn_by_id is None
        return waiting and self.second_may_approve and self.second_id is None

    @property
    def asked(self) -> Asked:
        """What the tenant is told."""
        return Asked(
            id=self.pk,
            operator_id=self.operator_id,
            operator_name=self.operator.name,
            reason=self.reason,
            minutes=self.minutes,
            requested_at=self.requested_at,
            second=self.second_id,
            withdrawn_by=self.withdrawn_by_id,
        )

    def approve(self, by: User) -> None:
        """As the second operator, where the tenant lets one. Raises BreakGlassRefused. The row is held."""
        if by.pk == self.operator_id:
            raise BreakGlassRefused(gettext("Nobody lets themselves in: another operator has to agree."))
        if not self.waits_for_a_second:
            raise BreakGlassRefused(gettext("This customer decides alone, or has decided already."))
        self.second = by
        self.save(update_fields=["second"])

    def withdraw(self, by: User) -> None:
        """Ask no more, or end the visit."""
        if self.is_over or self.withdrawn_by_id:
            raise BreakGlassRefused(gettext("This has ended already."))
        self.withdrawn_by, self.ticket_digest = by, ""
        self.save(update_fields=["withdrawn_by", "ticket_digest"])

    def give_out(self, digest: str, good_for: timedelta, to: User) -> None:
        """A ticket, to the one who asked; the one before is worth nothing any more."""
        if to.pk != self.operator_id:
            raise BreakGlassRefused(gettext("Only the one who asked gets a ticket."))
        if not self.may_be_entered:
            raise BreakGlassRefused(gettext("There is no permission to come in."))
        self.ticket_digest, self.ticket_until = digest, timezone.now() + good_for
        self.save(update_fields=["ticket_digest", "ticket_until"])

    def copy_from(self, grant: SupportGrant) -> bool:
        """What became of it at the tenant; whether that is news."""
        is_news = self.state != grant.state
        self.state, self.until = grant.state, grant.until
        self.ended_at, self.ended_by = grant.ended_at, grant.ended_by
        self.delivered_at = self.delivered_at or timezone.now()
        self.save(update_fields=["state", "until", "ended_at", "ended_by", "delivered_at"])
        return is_news
