"""The two halves of the list: those we deal with, and the archive."""

from dataclasses import replace

from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import pgettext

from business.contacts.filters import ContactFilter
from interface.tabs import Tab


def tabs(asked: ContactFilter) -> list[Tab]:
    """Each counts what the same filter finds in it."""
    return [
        _tab(pgettext("contacts", "Active"), asked, archived=False),
        _tab(pgettext("contacts", "Archived"), asked, archived=True),
    ]


def _tab(label: str, asked: ContactFilter, *, archived: bool) -> Tab:
    there = replace(asked, archived=archived)
    address = reverse("contacts:contact-list")
    query = f"?{urlencode(there.query)}" if there.query else ""
    return Tab(label, address + query, there.found().count(), asked.archived == archived)
