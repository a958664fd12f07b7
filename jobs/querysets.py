"""Many jobs at once, in the words of the product."""

from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from jobs.kinds import Person, kinds_open_to

if TYPE_CHECKING:
    from jobs.models import Job  # noqa: F401 - named in the base below

UNFINISHED = ("queued", "running")


class JobQuerySet(models.QuerySet["Job"]):
    def visible_to(self, person: Person) -> Self:
        """A person's own, and those of kinds that they may start themselves."""
        return self.filter(Q(owner_id=person.pk) | Q(kind__in=kinds_open_to(person)))

    def unfinished(self) -> Self:
        return self.filter(state__in=UNFINISHED)

    def over(self) -> Self:
        return self.exclude(state__in=UNFINISHED)

    def queued(self) -> Self:
        return self.filter(state="queued")

    def held(self) -> Self:
        """In a worker's hands, or in those of one that died."""
        return self.filter(state="running")

    def abandoned(self) -> Self:
        """Held by nobody: the lease has run out, or the time limit passed without an end."""
        return self.held().filter(Q(lease_until__lt=Now()) | Q(killed_at__lt=Now()))

    def with_expired_file(self) -> Self:
        return self.exclude(file="").filter(file_expires_at__lt=Now())
