"""What operators can do: with tenants as a whole, never with what is in them."""

from django.utils.translation import gettext_lazy as _

from access.duties import conflict
from access.registry import Area, Resource, Risk, Trace, add_resource

PLATFORM = Area(_("Platform"), 10)
SENSITIVE = Risk.SENSITIVE

add_resource(
    Resource(
        code="platform.tenant",
        label=_("Customers"),
        area=PLATFORM,
        surfaces=("operator",),
        actions=("view", "create", "update", "suspend", "resume", "archive", "delete"),
        risks={"suspend": SENSITIVE, "resume": SENSITIVE, "archive": SENSITIVE, "delete": SENSITIVE},
    )
)
add_resource(
    Resource(
        code="platform.security_event",
        label=_("What browsers refused"),
        area=PLATFORM,
        surfaces=("operator",),
        actions=("view", "delete"),
    )
)
add_resource(
    Resource(
        code="platform.break_glass",
        label=_("Visits at customers"),
        area=PLATFORM,
        surfaces=("operator",),
        actions=("view", "request", "approve", "revoke"),
        risks={"request": SENSITIVE, "approve": SENSITIVE, "revoke": SENSITIVE},
        implies={"request": ("platform.tenant:view",)},
        traces={
            "request": (
                Trace(action="console.break_glass_asked"),
                Trace(action="console.break_glass_ticket"),
            ),
            "approve": (Trace(action="console.break_glass_seconded"),),
            "revoke": (Trace(action="console.break_glass_withdrawn"),),
        },
    )
)
add_resource(
    Resource(
        code="platform.owner_recovery",
        label=_("Recovery of owners"),
        area=PLATFORM,
        surfaces=("operator",),
        actions=("view", "request", "approve", "cancel"),
        risks={
            "request": SENSITIVE | Risk.CREDENTIALS,
            "approve": SENSITIVE | Risk.CREDENTIALS,
            "cancel": SENSITIVE,
        },
        implies={"request": ("platform.tenant:view",)},
        traces={
            "request": (Trace(action="console.recovery_asked"),),
            "approve": (Trace(action="console.recovery_approved"),),
            "cancel": (Trace(action="console.recovery_cancelled"),),
        },
    )
)

conflict(
    "platform.break_glass:request",
    "platform.break_glass:approve",
    _("Whoever asks to be let in would also let themselves in."),
)
conflict(
    "platform.owner_recovery:request",
    "platform.owner_recovery:approve",
    _("Whoever says that an owner has lost everything would also agree to it."),
)
