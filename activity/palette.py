"""The log from anywhere."""

from django.utils.translation import gettext_lazy as _

from interface.palette import Command, add_commands

add_commands(
    Command(
        label=_("What was refused"),
        icon="shield-alert",
        url_name="activity:event-list",
        rest="?outcome=refused",
        words=_("activity, log, failed sign-ins"),
        requires="audit.activity:view",
        typed_only=True,
    ),
    Command(label=_("My own activity"), icon="history", url_name="activity:own", typed_only=True),
)
