"""In the catalog: what browsers refused on pages of ours, counted."""

from typing import ClassVar

from django.db import models, transaction
from django.db.models import Count, F
from django.utils import timezone

from interface.reports import Refused

DISTINCT = 200


class PolicyViolationQuerySet(models.QuerySet["PolicyViolation"]):
    def seen(self) -> "PolicyViolationQuerySet":
        """Without the row of all others while there are none."""
        return self.filter(count__gt=0)

    def latest_first(self) -> "PolicyViolationQuerySet":
        return self.order_by("-last_seen", "pk")

    def note(self, host: str, refused: Refused) -> None:
        """Count it: in its own row where there is one or room for one, or else in the row of all others."""
        if self._counted(host, refused):
            return
        with transaction.atomic():
            others, _ = self.get_or_create(host="", directive="", blocked="", page="", defaults={"count": 0})
            self.select_for_update().get(pk=others.pk)  # one newcomer at a time: the limit is exact
            if self._counted(host, refused):
                return
            if self.count() <= DISTINCT or self._made_room_for(host, others):
                self.create(host=host, **refused._asdict())
            else:
                self.filter(pk=others.pk).update(count=F("count") + 1, last_seen=timezone.now())

    def _made_room_for(self, host: str, others: "PolicyViolation") -> bool:
        """From the site with the most rows, unless it is this one: who fills one site's hides nothing of another's."""
        shares = (
            self.exclude(host="").values_list("host").annotate(rows=Count("pk")).order_by("-rows", "host")
        )
        fullest, rows = shares[0]
        if rows <= self.filter(host=host).count() + 1:
            return False
        rarest = self.filter(host=fullest).order_by("count", "last_seen", "pk")[0]
        self.filter(pk=others.pk).update(count=F("count") + rarest.count, last_seen=timezone.now())
        rarest.delete()
        return True

    def _counted(self, host: str, refused: Refused) -> bool:
        found = self.filter(host=host, **refused._asdict())
        return found.update(count=F("count") + 1, last_seen=timezone.now()) > 0


class PolicyViolation(models.Model):
    """One thing that browsers refused on one page of one site. It names a pattern of addresses, and nobody.

    The row without a host counts what found no room: at most 200 others are told apart.
    """

    host = models.CharField(max_length=253, blank=True)
    directive = models.CharField(max_length=40, blank=True)
    blocked = models.CharField(max_length=200, blank=True)
    page = models.CharField(max_length=200, blank=True)
    count = models.PositiveBigIntegerField(default=1)
    first_seen = models.DateTimeField(default=timezone.now)
    last_seen = models.DateTimeField(default=timezone.now)

    objects = PolicyViolationQuerySet.as_manager()

    class Meta:
        default_permissions = ()
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["host", "directive", "blocked", "page"], name="one_row_per_violation"
            )
        ]

    def __str__(self) -> str:
        return f"{self.directive} {self.host}{self.page}"

    @property
    def stands_for_others(self) -> bool:
        return not self.host
