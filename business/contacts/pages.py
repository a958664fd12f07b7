"""A list, 50 at a time: the address names the contact it goes on from, so nothing shifts between pages."""

from dataclasses import dataclass
from uuid import UUID

from business.contacts.models import Contact
from business.contacts.querysets import ContactQuerySet

SIZE = 50


@dataclass(frozen=True)
class Page:
    """`previous` and `next`: the ids to go on from, or None at an end."""

    contacts: list[Contact]
    previous: UUID | None = None
    next: UUID | None = None


def page_of(
    found: ContactQuerySet,
    reached: ContactQuerySet,
    after: UUID | None = None,
    before: UUID | None = None,
) -> Page:
    """The page after or before the contact of that id, among those `reached`; the first one where neither is known."""
    known = after or before
    anchor = reached.filter(pk=known).first() if known else None
    if anchor is None:
        return _forward(found.by_name(), starts=True)
    if after:
        return _forward(found.following(anchor), starts=False)
    return _backward(found, anchor)


def _forward(rows: ContactQuerySet, starts: bool) -> Page:
    contacts = list(rows[: SIZE + 1])
    page = contacts[:SIZE]
    return Page(
        contacts=page,
        previous=page[0].pk if page and not starts else None,
        next=page[-1].pk if len(contacts) > SIZE else None,
    )


def _backward(found: ContactQuerySet, anchor: Contact) -> Page:
    nearest = list(found.preceding(anchor)[: SIZE + 1])
    if len(nearest) <= SIZE:
        return _forward(found.by_name(), starts=True)
    page = nearest[:SIZE][::-1]
    return Page(contacts=page, previous=page[0].pk, next=page[-1].pk)
