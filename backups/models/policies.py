"""How often copies are made and how long they are kept: rows that operators edit."""

from datetime import time, timedelta
from typing import ClassVar

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _


class Tier(models.TextChoices):
    """Why a copy is made. Only the first two come by themselves."""

    DAILY = "daily", _("Daily")
    WEEKLY = "weekly", _("Weekly")
    MANUAL = "manual", _("On demand")
    SAFETY = "safety", _("Before a restore")


SCHEDULED = (Tier.DAILY, Tier.WEEKLY)


class Policy(models.Model):
    """One row a tier (AR-032 to AR-035): when in the day its copies may begin (UTC), and for how long each is kept."""

    tier = models.CharField(max_length=10, choices=Tier, unique=True)
    keep_days = models.PositiveSmallIntegerField(validators=[MinValueValidator(1), MaxValueValidator(3650)])
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
