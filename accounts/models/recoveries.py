from typing import ClassVar

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.exceptions import RecoveryRefused
from accounts.models.people import User
from tenants.belonging import OfOneTenant
from tenants.identifiers import new_id


class OwnerRecovery(OfOneTenant):
    """The only owner has lost everything: two operators say that it is them, and nobody here says no in time.

    As the tenant sees it, from the moment in which it was told. Rows aren't deleted.
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        CANCELLED = "cancelled", _("Cancelled")
        DONE = "done", _("Done")

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    owner = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    proof = models.CharField(max_length=500)
    asked_by = models.CharField(max_length=150)
    approved_by = models.CharField(max_length=150)
    announced_at = models.DateTimeField(default=timezone.now, editable=False)
    due_at = models.DateTimeField(editable=False)
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING, editable=False)
    ended_at = models.DateTimeField(null=True, editable=False)
    ended_by = models.CharField(max_length=200, blank=True, default="", editable=False)

    class Meta:
        default_permissions = ()
        ordering: ClassVar = ["-announced_at"]

    def __str__(self) -> str:
        return f"{self.owner_id} {self.state}"

    @property
    def is_waiting(self) -> bool:
        return self.state == self.State.WAITING

    @property
    def is_due(self) -> bool:
        return self.is_waiting and timezone.now() >= self.due_at

    def cancel(self, by: str) -> None:
        """`by`: as the log names actors. Raises RecoveryRefused. The row is held."""
        self._end(self.State.CANCELLED, by)

    def finish(self, by: str) -> None:
        if not self.is_due:
            raise RecoveryRefused(gettext("Its time hasn't come yet."))
        self._end(self.State.DONE, by)

    def _end(self, state: "OwnerRecovery.State", by: str) -> None:
        if not self.is_waiting:
            raise RecoveryRefused(gettext("This is over already."))
        self.state, self.ended_at, self.ended_by = state, timezone.now(), by
        self.save(update_fields=["state", "ended_at", "ended_by"])
