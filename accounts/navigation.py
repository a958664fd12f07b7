from django.utils.translation import gettext_lazy as _

from interface.navigation import Entry, Group, Surface, add_entries

ADMINISTRATION = Group(_("Administration"), 80)


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


def _reviews(surface: Surface) -> Entry:
    return Entry(
        group=ADMINISTRATION,
        label=_("Access reviews"),
        url_name="reviews:review-list",
        icon="clipboard-check",
        surface=surface,
        order=40,
        requires="accounts.access_review:view",
    )


add_entries(_roles("tenant"), _roles("operator"), _reviews("tenant"), _reviews("operator"))
