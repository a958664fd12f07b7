"""The pages of those parts that lie below the navigation and can't register there themselves."""

from django.utils.translation import gettext_lazy as _

from interface.navigation import PRODUCT, WORKSPACE, Entry, Surface, add_entries


def _jobs(surface: Surface) -> Entry:
    return Entry(
        group=WORKSPACE, label=_("Jobs"), url_name="jobs:job-list", icon="activity", surface=surface, key="j"
    )


add_entries(
    _jobs("tenant"),
    _jobs("operator"),
    Entry(
        group=WORKSPACE,
        label=_("What browsers refused"),
        url_name="interface:violation-list",
        icon="shield-x",
        surface="operator",
        order=1,
        requires="platform.security_event:view",
    ),
    Entry(
        group=PRODUCT,
        label=_("Style guide"),
        url_name="interface:styleguide",
        icon="swatch-book",
        surface="operator",
        key="s",
    ),
)
