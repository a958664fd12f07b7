"""What the address of the list asks for; what makes no sense there counts as not asked."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from accounts.languages import languages
from accounts.models import User
from business.contacts.countries import countries
from business.contacts.masks import where_seen_by
from business.contacts.models import Contact
from business.contacts.querysets import ContactQuerySet
from business.contacts.reaching import contacts_of
from interface.filtering import LONGEST, Field, Narrowing, narrowings

FIELDS = (
    Field("kind", _("Kind"), "kind", lambda: Contact.Kind.choices),
    Field("company", _("Company"), "company__name"),
    Field("country", _("Country"), "country", countries),
    Field("language", _("Language"), "language", languages),
)


@dataclass(frozen=True)
class ContactFilter:
    q: str = ""
    narrowed: tuple[Narrowing, ...] = ()
    archived: bool = False
    after: UUID | None = None
    before: UUID | None = None

    @classmethod
    def of(cls, query: Mapping[str, str]) -> Self:
        return cls(
            q=query.get("q", "").replace("\0", "").strip()[:LONGEST],
            narrowed=narrowings(FIELDS, query),
            archived=query.get("archived") == "1",
            after=_id(query.get("after", "")),
            before=_id(query.get("before", "")),
        )

    @property
    def is_narrow(self) -> bool:
        return bool(self.q or self.narrowed)

    @property
    def query(self) -> dict[str, str]:
        """The same filter as an address has it, on whatever page of the list: `of` reads it again."""
        asked = {"q": self.q, "archived": "1" if self.archived else ""}
        for one in self.narrowed:
            asked |= one.parameters
        return {name: value for name, value in asked.items() if value}

    def found(self, person: User) -> ContactQuerySet:
        """Of the contacts that `person` may see."""
        reached = contacts_of(person)
        contacts = reached.archived() if self.archived else reached.active()
        for one in self.narrowed:
            contacts = contacts.filter(one.condition)
        return contacts.matching(self.q, where_seen_by(person)).select_related("company")


def _id(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
