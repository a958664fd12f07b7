from django.utils.translation import gettext_lazy as _

from interface.navigation import Entry, Group, Surface, add_entries

OVERSIGHT = Group(_("Oversight"), 85)


def _log(surface: Surface) -> Entry:
    return Entry(
        group=OVERSIGHT,
        label=_("Activity"),
        url_name="activity:event-list",
        icon="scroll-text",
        surface=surface,
        key="a",
        requires="audit.activity:view",
    )


add_entries(_log("tenant"), _log("operator"))
