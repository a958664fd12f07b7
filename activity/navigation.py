from typing import Any

from django.utils.translation import gettext_lazy as _

from interface.navigation import Entry, Group, add_entries

OVERSIGHT = Group(_("Oversight"), 85)


def _may_view(person: Any) -> bool:
    return bool(person.has_perm("audit.activity:view"))


add_entries(
    Entry(
        group=OVERSIGHT,
        label=_("Activity"),
        url_name="activity:event-list",
        icon="scroll-text",
        surface="tenant",
        key="a",
        may=_may_view,
    ),
    Entry(
        group=OVERSIGHT,
        label=_("Activity"),
        url_name="activity:event-list",
        icon="scroll-text",
        surface="operator",
        key="a",
        may=_may_view,
    ),
)
