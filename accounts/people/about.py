"""The pages about one person, each a tab of the others: as far as whoever reads may open them."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import User
from interface.tabs import Tab

TABLE = User._meta.db_table
OVERVIEW, RIGHTS, SESSIONS = "people:person-detail", "roles:rights", "people:sessions"
PAGES = (
    (OVERVIEW, "accounts.user:view", _("Overview")),
    (RIGHTS, "accounts.role:view", _("Effective rights")),
    (SESSIONS, "accounts.session:view", pgettext_lazy("of a browser", "Sessions")),
)


def tabs_about(person: User, reader: Any, current: str = "") -> list[Tab]:
    """`current`: the name of the page that it stands in; none of these where that is the history."""
    tabs = [
        Tab(label, reverse(name, args=[person.pk]), current=name == current)
        for name, code, label in PAGES
        if reader.has_perm(code)
    ]
    if reader.has_perm("accounts.user:history"):
        address = reverse("activity:record", args=[TABLE, person.pk])
        tabs.append(Tab(pgettext_lazy("of a record", "History"), address, current=not current))
    return tabs
