"""What can be done with copies: operators look after everybody's, a tenant's people see their own."""

from django.utils.translation import gettext_lazy as _

from access.registry import Area, Resource, Risk, Trace, add_resource

BACKUPS = Area(_("Backups"), 80)
SENSITIVE = Risk.SENSITIVE

add_resource(
    Resource(
        code="platform.backup",
        label=_("Copies of customers"),
        area=BACKUPS,
        surfaces=("operator",),
        actions=("view", "create", "update", "verify", "delete", "history"),
        risks=dict.fromkeys(("create", "update", "verify", "delete"), SENSITIVE),
        traces={
            "create": (Trace(action="backups.asked"),),
            "update": (
                Trace(action="update", subject="backups_policy"),
                Trace(action="backups.held"),
                Trace(action="backups.released"),
            ),
            "verify": (Trace(action="backups.check_asked"),),
            "delete": (Trace(action="backups.removal_asked"),),
        },
    )
)
add_resource(
    Resource(
        code="backups.backup",
        label=_("Own copies"),
        area=BACKUPS,
        surfaces=("tenant",),
        actions=("view",),
    )
)
