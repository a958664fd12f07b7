"""The two halves of the list: those we deal with, and the archive."""

from dataclasses import replace

from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import pgettext

from business.contacts.filters import ContactFilter
from business.contacts.querysets import ContactQuerySet
from interface.tabs import Tab


def tabs(asked: ContactFilter, among: ContactQuerySet) -> list[Tab]:
    """Each counts what the same filter finds in it, of those `among` which somebody may look."""
    return [
        _tab(pgettext("contacts", "Active"), asked, among, archived=False),
        _tab(pgettext("contacts", "Archived"), asked, among, archived=True),
    ]


def _tab(label: str, asked: ContactFilter, among: ContactQuerySet, *, archived: bool) -> Tab:
    there = replace(asked, archived=archived)
    address = reverse("contacts:contact-list")
    query = f"?{urlencode(there.query)}" if there.query else ""
    return Tab(label, address + query, there.found(among).count(), asked.archived == archived)
