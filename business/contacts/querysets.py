"""Many contacts at once, in the words of the product."""

from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower

if TYPE_CHECKING:
    from business.contacts.models import Contact

SEARCHED = ("name", "city", "company__name")
SEARCHED_WHERE_SEEN = ("email", "phone", "tax_id")
NONE = Q(pk__in=[])
MOST_WORDS = 10


class ContactQuerySet(models.QuerySet["Contact"]):
    def active(self) -> Self:
        return self.filter(archived_at=None)

    def archived(self) -> Self:
        return self.exclude(archived_at=None)

    def people(self) -> Self:
        return self.filter(kind="person")

    def companies(self) -> Self:
        return self.filter(kind="company")

    def matching(self, text: str, seen: Q = NONE) -> Self:
        """Those that carry every word of `text`, of many the first ten, somewhere a person would look.

        In personal data only of contacts for which `seen` is true: what a search finds, it tells.
        """
        found = self
        for word in text.split()[:MOST_WORDS]:
            found = found.filter(_any(SEARCHED, word) | (_any(SEARCHED_WHERE_SEEN, word) & seen))
        return found

    def by_name(self) -> Self:
        """In one order that never wavers: by name in lower case, then by id."""
        return self.alias(sorted_as=Lower("name")).order_by("sorted_as", "id")

    def following(self, contact: "Contact") -> Self:
        """Those after `contact` in the order of `by_name`."""
        later = Q(sorted_as__gt=Lower(_name_of(contact))) | Q(id__gt=contact.id)
        return self.by_name().filter(later, sorted_as__gte=Lower(_name_of(contact)))

    def preceding(self, contact: "Contact") -> Self:
        """Those before `contact`, nearest first."""
        earlier = Q(sorted_as__lt=Lower(_name_of(contact))) | Q(id__lt=contact.id)
        return self.by_name().filter(earlier, sorted_as__lte=Lower(_name_of(contact))).reverse()


def _any(fields: tuple[str, ...], word: str) -> Q:
    return Q(*((f"{field}__icontains", word) for field in fields), _connector=Q.OR)


def _name_of(contact: "Contact") -> models.Value:
    return models.Value(contact.name, output_field=models.CharField())
