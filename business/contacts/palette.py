"""Contacts in the command palette and on the search page."""

from collections.abc import Iterable
from uuid import UUID

from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from business.contacts.models import Contact
from business.contacts.reaching import seen_by
from interface.palette import Command, Record, Searchable, add_commands, add_searchable


def _find(user: User, text: str, limit: int) -> Iterable[Record]:
    found = seen_by(user).active().matching(text).select_related("company").by_name()
    return map(_record, found[:limit])


def _look_up(user: User, ids: list[UUID]) -> Iterable[Record]:
    return map(_record, seen_by(user).select_related("company").filter(pk__in=ids))


def _record(contact: Contact) -> Record:
    icon = "building-2" if contact.is_company else "user"
    detail = str(contact.company or contact.email or contact.city)
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
