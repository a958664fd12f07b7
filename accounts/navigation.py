from django.utils.translation import gettext_lazy as _

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
            requires="accounts.user:view",
        ),
        Entry(
            group=ADMINISTRATION,
            label=_("Roles"),
            url_name="roles:role-list",
            icon="key-round",
            surface=_surface,
            order=20,
            key="r",
            requires="accounts.role:view",
        ),
        Entry(
            group=ADMINISTRATION,
            label=_("Access reviews"),
            url_name="reviews:review-list",
            icon="clipboard-check",
            surface=_surface,
            order=40,
            requires="accounts.access_review:view",
        ),
        Entry(
            group=ADMINISTRATION,
            label=_("Security settings"),
            url_name="people:policy",
            icon="shield-check",
            surface=_surface,
            order=90,
            requires="accounts.security_policy:view",
        ),
    )

add_entries(
    Entry(
        group=ADMINISTRATION,
        label=_("Access for support"),
        url_name="support:grant-list",
        icon="life-buoy",
        surface="tenant",
        order=80,
        requires="accounts.support_grant:view",
    )
)
