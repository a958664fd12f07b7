"""The two halves of the list: those we deal with, and the archive."""

from dataclasses import replace

from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import pgettext

from accounts.models import User
from business.contacts.filters import ContactFilter
from interface.tabs import Tab


def tabs(asked: ContactFilter, person: User) -> list[Tab]:
    """Each counts what the same filter finds in it, of what `person` may see."""
    return [
        _tab(pgettext("contacts", "Active"), asked, person, archived=False),
        _tab(pgettext("contacts", "Archived"), asked, person, archived=True),
    ]


def _tab(label: str, asked: ContactFilter, person: User, *, archived: bool) -> Tab:
    there = replace(asked, archived=archived)
    address = reverse("contacts:contact-list")
    query = f"?{urlencode(there.query)}" if there.query else ""
    return Tab(label, address + query, there.found(person).count(), asked.archived == archived)
