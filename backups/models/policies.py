"""How often copies are made and how long they are kept: rows that operators edit."""

from datetime import datetime, time, timedelta
from typing import ClassVar

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from backups.exceptions import PolicyRefused


class Tier(models.TextChoices):
    """Why a copy is made. Only the first two come by themselves."""

    DAILY = "daily", _("Daily")
    WEEKLY = "weekly", _("Weekly")
    MANUAL = "manual", _("On demand")
    SAFETY = "safety", _("Before a restore")


SCHEDULED = (Tier.DAILY, Tier.WEEKLY)
LEAST = {
    Tier.DAILY: 30,
    Tier.WEEKLY: 90,
    Tier.MANUAL: 7,
    Tier.SAFETY: 7,
}  # days; the first two: AR-033, AR-035
NOTICE = timedelta(days=7)


class Policy(models.Model):
    """One row a tier (AR-032 to AR-035): when in the day its copies may begin (UTC), and for how long each is kept.

    `shorter_days`, from `shorter_from` on: what somebody has shortened `keep_days` to, and can still be taken back.
    """

    tier = models.CharField(max_length=10, choices=Tier, unique=True)
    keep_days = models.PositiveSmallIntegerField(validators=[MinValueValidator(1), MaxValueValidator(3650)])
    shorter_days = models.PositiveSmallIntegerField(null=True)
    shorter_from = models.DateTimeField(null=True)
    window_opens = models.TimeField(default=time(1, 0))
    window_minutes = models.PositiveSmallIntegerField(
        default=240, validators=[MinValueValidator(10), MaxValueValidator(1440)]
    )

    class Meta:
        default_permissions = ()
        ordering: ClassVar = ["keep_days"]

    def __str__(self) -> str:
        return self.get_tier_display()

    @property
    def is_scheduled(self) -> bool:
        """Its copies come by themselves, within a window."""
        return self.tier in SCHEDULED

    @property
    def kept(self) -> timedelta:
        return timedelta(days=self.keep_days)

    @property
    def days_now(self) -> int:
        """For how many days a copy is kept now, also before the round that writes down what has come into force."""
        return self.keep_days if self.is_to_be_shorter else self.shorter_days or self.keep_days

    @property
    def is_to_be_shorter(self) -> bool:
        """Shortened, and it doesn't count yet."""
        return self.shorter_from is not None and self.shorter_from > timezone.now()

    @property
    def least(self) -> int:
        """To fewer days nobody shortens it. One that says fewer already may go on."""
        return min(LEAST[Tier(self.tier)], self.keep_days)

    def keep(self, days: int, now: datetime) -> None:
        """For longer at once, for shorter after NOTICE; not saved yet. Raises PolicyRefused below `least`."""
        if days < self.least:
            words = _("Copies of this kind are kept for %(days)s days at least.")
            raise PolicyRefused(words % {"days": self.least})
        if days > self.keep_days:
            self.keep_days, self.shorter_days, self.shorter_from = days, None, None
        elif days not in (self.keep_days, self.shorter_days):
            self.shorter_days, self.shorter_from = days, now + NOTICE

    def take_back(self) -> None:
        """It stays as long as it is. Raises PolicyRefused where it is no more than that."""
        if self.shorter_from is None:
            raise PolicyRefused(_("Nothing is to be taken back: it was taken back, or is in force."))
        self.shorter_days = self.shorter_from = None
        self.save(update_fields=["shorter_days", "shorter_from"])

    def shorten_if_due(self, now: datetime) -> None:
        if self.shorter_from and self.shorter_days and self.shorter_from <= now:
            self.keep_days, self.shorter_days, self.shorter_from = self.shorter_days, None, None
            self.save(update_fields=["keep_days", "shorter_days", "shorter_from"])
