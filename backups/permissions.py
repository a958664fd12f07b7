"""What can be done with copies: operators look after everybody's, a tenant's people see their own."""

from django.utils.translation import gettext_lazy as _

from access.registry import Area, Resource, Risk, Trace, add_resource

BACKUPS = Area(_("Backups"), 80)
SENSITIVE = Risk.SENSITIVE

add_resource(
    Resource(
        code="platform.key",
        label=_("Recovery keys"),
        area=BACKUPS,
        surfaces=("operator",),
        actions=("view", "verify", "rotate"),
        risks={"verify": SENSITIVE, "rotate": SENSITIVE | Risk.CREDENTIALS},
        traces={
            "rotate": (
                Trace(action="backups.recovery_key_rotated"),
                Trace(action="backups.recovery_keys_rewrapped"),
            ),
        },
    )
)
