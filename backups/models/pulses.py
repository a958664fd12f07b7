"""When what runs by itself was last alive: its own word, so that whoever asks needs nobody else for it."""

from datetime import datetime, timedelta
from typing import ClassVar

from django.db import models
from django.utils import timezone


class PulseQuerySet(models.QuerySet["Pulse"]):
    def beat(self, name: str, at: datetime) -> None:
        """It lives. `since` stays that of the first time."""
        self.bulk_create(
            [Pulse(name=name, since=at, at=at)],
            update_conflicts=True,
            unique_fields=["name"],
            update_fields=["at"],
        )

    def planner(self) -> "Pulse | None":
        return self.filter(name=Pulse.PLANNER).first()

    def moment_of(self, name: str) -> datetime | None:
        return self.filter(name=name).values_list("at", flat=True).first()


class Pulse(models.Model):
    """One row for the planner of backups; where it stays old, beat or the worker `default` is dead. One for escrows,
    and one for the storage, compared with the catalog.
    """

    PLANNER = "planner"
    ESCROW = "escrow"  # of recovery keys
    RECONCILED = "reconciled"
    PATIENCE: ClassVar = timedelta(minutes=5)

    name = models.CharField(primary_key=True, max_length=20)
    since = models.DateTimeField()
    at = models.DateTimeField()

    objects = PulseQuerySet.as_manager()

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.name} {self.at:%Y-%m-%d %H:%M:%S}"

    @property
    def is_silent(self) -> bool:
        return timezone.now() - self.at > self.PATIENCE
