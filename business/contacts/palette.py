"""Contacts in the command palette and on the search page."""

from collections.abc import Iterable
from uuid import UUID

from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from business.contacts.masks import unmask, where_seen_by
from business.contacts.models import Contact
from business.contacts.reaching import contacts_of
from interface.palette import Command, Record, Searchable, add_commands, add_searchable


def _find(user: User, text: str, limit: int) -> Iterable[Record]:
    found = contacts_of(user).active().matching(text, where_seen_by(user)).select_related("company")
    return map(_record, unmask(found.by_name()[:limit], user))


def _look_up(user: User, ids: list[UUID]) -> Iterable[Record]:
    found = contacts_of(user).select_related("company").filter(pk__in=ids)
    return map(_record, unmask(found, user))


def _record(contact: Contact) -> Record:
    icon = "building-2" if contact.is_company else "user"
    email = "" if contact.is_masked else contact.email
    detail = str(contact.company or email or contact.city)
    return Record(contact.pk, str(contact), contact.get_absolute_url(), icon, detail)


def _more(text: str) -> str:
    return f"{reverse('contacts:contact-list')}?{urlencode({'q': text})}"


add_searchable(
    Searchable(
        name="contact",
        label=_("Contacts"),
        surface="tenant",
        find=_find,
        look_up=_look_up,
        more=_more,
        requires="contacts.contact:view",
    )
)
add_commands(
    Command(
        label=_("New contact"),
        icon="user-plus",
        url_name="contacts:contact-create",
        surface="tenant",
        requires="contacts.contact:create",
    ),
    Command(
        label=_("Archived contacts"),
        icon="archive",
        url_name="contacts:contact-list",
        surface="tenant",
        rest="?archived=1",
        requires="contacts.contact:view",
        typed_only=True,
    ),
    Command(
        label=_("Export all contacts"),
        icon="download",
        url_name="contacts:contact-export",
        surface="tenant",
        posts=True,
        requires="contacts.contact:export",
    ),
)
