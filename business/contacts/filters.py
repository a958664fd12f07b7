"""What the address of the list asks for; what makes no sense there counts as not asked."""

from dataclasses import dataclass
from typing import Self
from uuid import UUID

from django.http import QueryDict

from business.contacts.models import Contact
from business.contacts.querysets import ContactQuerySet

LONGEST = 200


@dataclass(frozen=True)
class ContactFilter:
    q: str = ""
    kind: str = ""
    archived: bool = False
    after: UUID | None = None
    before: UUID | None = None

    @classmethod
    def of(cls, query: QueryDict) -> Self:
        kind = query.get("kind", "")
        return cls(
            q=query.get("q", "").replace("\0", "").strip()[:LONGEST],
            kind=kind if kind in Contact.Kind.values else "",
            archived=query.get("archived") == "1",
            after=_id(query.get("after", "")),
            before=_id(query.get("before", "")),
        )

    @property
    def is_narrow(self) -> bool:
        return bool(self.q or self.kind)

    def found(self) -> ContactQuerySet:
        contacts = Contact.objects.archived() if self.archived else Contact.objects.active()
        if self.kind:
            contacts = contacts.filter(kind=self.kind)
        return contacts.matching(self.q).select_related("company")


def _id(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
