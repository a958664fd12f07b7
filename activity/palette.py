"""The log from anywhere."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from interface.palette import Command, add_commands


def _may_view(person: Any) -> bool:
    return bool(person.has_perm("audit.activity:view"))


add_commands(
    Command(
        label=_("What was refused"),
        icon="shield-alert",
        url_name="activity:event-list",
        rest="?outcome=refused",
        words=_("activity, log, failed sign-ins"),
        may=_may_view,
        typed_only=True,
    ),
    Command(label=_("My own activity"), icon="history", url_name="activity:own", typed_only=True),
)
