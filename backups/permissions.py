"""What operators can do with copies, and with the drills that prove them."""

from django.utils.translation import gettext_lazy as _

from access.registry import Area, Resource, Risk, Trace, add_resource

BACKUPS = Area(_("Backups"), 20)
SENSITIVE = Risk.SENSITIVE

add_resource(
    Resource(
        code="platform.drill",
        label=_("Restore drills"),
        area=BACKUPS,
        surfaces=("operator",),
        actions=("view", "start", "abort", "sign_off", "export"),
        risks={"start": SENSITIVE, "abort": SENSITIVE, "sign_off": SENSITIVE, "export": SENSITIVE},
        implies={"start": ("platform.tenant:view",)},
        traces={
            "start": (Trace(action="backups.drill_asked"),),
            "abort": (Trace(action="backups.drill_stopped"),),
            "sign_off": (Trace(action="backups.drill_signed_off"),),
            "export": (Trace(action="backups.drill_exported"),),
        },
    )
)
