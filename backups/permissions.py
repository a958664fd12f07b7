"""What can be done with copies: operators with everybody's, a tenant's people with their own."""

from django.utils.translation import gettext_lazy as _

from access.registry import Area, Resource, Risk, Trace, add_resource

BACKUPS = Area(_("Backups"), 85)
SENSITIVE = Risk.SENSITIVE

add_resource(
    Resource(
        code="platform.backup",
        label=_("Backups"),
        area=BACKUPS,
        surfaces=("operator",),
        actions=("view",),
    )
)
add_resource(
    Resource(
        code="backups.data_export",
        label=_("Exports of all data"),
        area=BACKUPS,
        surfaces=("tenant",),
        actions=("view", "create", "download", "cancel"),
        risks={"create": Risk.PII | SENSITIVE, "download": Risk.PII | SENSITIVE},
        traces={
            "create": (Trace(action="backups.data_export_asked"),),
            "download": (Trace(action="backups.data_export_fetched"),),
            "cancel": (Trace(action="backups.data_export_cancelled"),),
        },
    )
)
