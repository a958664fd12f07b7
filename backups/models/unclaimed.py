"""Whole copies in the storage that the catalog doesn't know, as the last reconciling found them."""

from typing import ClassVar

from django.db import models
from django.db.models import Exists, OuterRef

from backups.models.copies import Backup
from backups.models.policies import Tier


class UnclaimedCopyQuerySet(models.QuerySet["UnclaimedCopy"]):
    def standing(self) -> "UnclaimedCopyQuerySet":
        """Without those that were claimed since."""
        return self.exclude(Exists(Backup.objects.stored().filter(folder=OuterRef("folder"))))


class UnclaimedCopy(models.Model):
    """What its folder is called says of it what is here: a manifest that isn't signed by us says nothing.

    `database`, `tier` and `at` are thus a claim, and believed only where `is_signed`.
    """

    folder = models.CharField(primary_key=True, max_length=200)
    database = models.CharField(max_length=63)
    tier = models.CharField(max_length=10)
    at = models.DateTimeField(null=True)
    bytes = models.PositiveBigIntegerField()
    is_signed = models.BooleanField()
    found_at = models.DateTimeField()

    objects = UnclaimedCopyQuerySet.as_manager()

    class Meta:
        default_permissions = ()
        ordering: ClassVar = ["-is_signed", "-at", "folder"]

    def __str__(self) -> str:
        return self.folder

    @property
    def tier_label(self) -> str:
        """A kind of copy that we have, or the word that stands there."""
        return str(dict(Tier.choices).get(self.tier, self.tier))
