from django.utils.translation import gettext_lazy as _

from access.asking import holders
from access.registry import Surface
from interface.navigation import Entry, Group, add_entries

ADMINISTRATION = Group(_("Administration"), 80)
BOTH: tuple[Surface, ...] = ("tenant", "operator")

for _surface in BOTH:
    add_entries(
        Entry(
            group=ADMINISTRATION,
            label=_("People"),
            url_name="people:person-list",
            icon="users",
            surface=_surface,
            key="p",
            may=holders("accounts.user:view"),
        ),
        Entry(
            group=ADMINISTRATION,
            label=_("Security settings"),
            url_name="people:policy",
            icon="shield-check",
            surface=_surface,
            order=90,
            may=holders("accounts.security_policy:view"),
        ),
    )
