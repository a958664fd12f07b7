from django.utils.translation import gettext_lazy as _

from interface.navigation import Entry, Group, Surface, add_entries

ADMINISTRATION = Group(_("Administration"), 80)


def _people(surface: Surface) -> Entry:
    return Entry(
        group=ADMINISTRATION,
        label=_("People"),
        url_name="people:person-list",
        icon="users",
        surface=surface,
        order=10,
        key="p",
        requires="accounts.user:view",
    )


def _roles(surface: Surface) -> Entry:
    return Entry(
        group=ADMINISTRATION,
        label=_("Roles"),
        url_name="roles:role-list",
        icon="key-round",
        surface=surface,
        order=20,
        key="r",
        requires="accounts.role:view",
    )


def _policy(surface: Surface) -> Entry:
    return Entry(
        group=ADMINISTRATION,
        label=_("Security settings"),
        url_name="people:policy",
        icon="shield-check",
        surface=surface,
        order=90,
        requires="accounts.security_policy:view",
    )


for _entry in (_people, _roles, _policy):
    add_entries(_entry("tenant"), _entry("operator"))
