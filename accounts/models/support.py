from datetime import datetime, timedelta
from typing import ClassVar
from uuid import UUID

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from accounts.exceptions import SupportRefused
from accounts.models.people import User
from tenants.belonging import OfOneTenant
from tenants.identifiers import new_id

WAITS = timedelta(hours=24)
BY_TIME = "system:time"


class SupportGrant(OfOneTenant):
    """Break-glass, as the tenant sees it: an operator asks to come in, for a reason and a while; somebody decides.

    The operator is a guest: no User of the tenant's. Rows aren't deleted.
    """

    class State(models.TextChoices):
        REQUESTED = "requested", _("Requested")
        APPROVED = "approved", _("Approved")
        REFUSED = "refused", _("Refused")
        OPEN = "open", _("In use")
        ENDED = "ended", pgettext_lazy("a visit", "Ended")

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

    @property
    def is_waiting(self) -> bool:
        """Nobody has decided yet, and it isn't too late to."""
        return self.state == self.State.REQUESTED and not self.is_past

    @property
    def is_open(self) -> bool:
        """The guest is here."""
        return self.state == self.State.OPEN and not self.is_past

    @property
    def may_be_entered(self) -> bool:
        return self.state in (self.State.APPROVED, self.State.OPEN) and not self.is_past

    @property
    def may_be_ended(self) -> bool:
        return self.state in (self.State.REQUESTED, self.State.APPROVED, self.State.OPEN)

    @property
    def good_until(self) -> datetime | None:
        """When it ends by itself: a visit in its time, what nobody answered or used after a day."""
        if self.state == self.State.OPEN:
            return self.until
        if self.state == self.State.APPROVED and self.decided_at:
            return self.decided_at + WAITS
        return self.requested_at + WAITS if self.state == self.State.REQUESTED else None

    @property
    def is_past(self) -> bool:
        return self.good_until is not None and timezone.now() >= self.good_until

    @property
    def state_now(self) -> str:
        """In words. Whoever notes that its time is up comes a little later."""
        return str(self.State.ENDED.label if self.is_past else self.get_state_display())

    def approve(self, by: User | None = None, second_operator: UUID | None = None) -> None:
        """By a person of the tenant's, or by a second operator. Raises SupportRefused. The row is held."""
        self._decide(self.State.APPROVED, by)
        self.second_operator_id = second_operator
        self.save(update_fields=["state", "decided_at", "decided_by", "second_operator_id"])

    def refuse(self, by: User) -> None:
        self._decide(self.State.REFUSED, by)
        self.save(update_fields=["state", "decided_at", "decided_by"])

    def _decide(self, state: "SupportGrant.State", by: User | None) -> None:
        if not self.is_waiting:
            told = {"state": self.state_now.lower()}
            raise SupportRefused(gettext("This isn't waiting for an answer: it is %(state)s.") % told)
        self.state, self.decided_at, self.decided_by = state, timezone.now(), by

    def open(self, digest: str) -> None:
        """The guest comes in, or comes back; what an earlier ticket opened is worth nothing from here on."""
        if not self.may_be_entered:
            raise SupportRefused(gettext("There is no permission to come in any more."))
        now = timezone.now()
        self.opened_at = self.opened_at or now
        self.until = self.until or now + timedelta(minutes=self.minutes)
        self.state, self.ticket_digest, self.ticket_until = self.State.OPEN, digest, now
        self.save(update_fields=["state", "opened_at", "until", "ticket_digest", "ticket_until"])

    def end(self, by: str) -> None:
        """At once: a question is withdrawn, a permission taken back, a guest put out. `by`: as the log names actors."""
        if not self.may_be_ended:
            raise SupportRefused(gettext("This has ended already."))
        self.state, self.ended_at, self.ended_by = self.State.ENDED, timezone.now(), by
        self.save(update_fields=["state", "ended_at", "ended_by"])
