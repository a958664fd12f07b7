"""When what runs by itself was last alive: its own word, so that whoever asks needs nobody else for it."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import ClassVar

from django.db import models
from django.db.models.functions import Greatest, Now
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

    def expect(self, names: Iterable[str], now: datetime) -> None:
        """They are asked from now on: whoever wasn't asked before couldn't answer, and isn't silent yet."""
        planner = self.planner()
        if planner is not None and now - planner.at > Pulse.PATIENCE:
            self.filter(name__in=names).update(at=Greatest("at", now))
        self.bulk_create([Pulse(name=name, since=now, at=now) for name in names], ignore_conflicts=True)

    def silent_workers(self) -> "PulseQuerySet":
        return self.filter(name__in=Pulse.WORKERS, at__lt=Now() - Pulse.PATIENCE_WITH_WORKERS)

    def planner(self) -> "Pulse | None":
        return self.filter(name=Pulse.PLANNER).first()

    def moment_of(self, name: str) -> datetime | None:
        return self.filter(name=name).values_list("at", flat=True).first()


class Pulse(models.Model):
    """One row for the planner of backups; where it stays old, beat or the worker `default` is dead. One for escrows,
    one for the storage, compared with the catalog, and one for each worker that is missed only once it is needed.
    """

    PLANNER = "planner"
    ESCROW = "escrow"  # of recovery keys
    RECONCILED = "reconciled"
    RESTORE, LENDING = "restore", "lending"
    WORKERS = (RESTORE, LENDING)
    PATIENCE: ClassVar = timedelta(minutes=5)
    PATIENCE_WITH_WORKERS: ClassVar = timedelta(minutes=10)

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
