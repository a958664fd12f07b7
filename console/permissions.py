"""What operators can do: with tenants as a whole, never with what is in them."""

from django.utils.translation import gettext_lazy as _

from access.duties import conflict
from access.registry import Area, Resource, Risk, add_resource

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

conflict(
    "platform.break_glass:request",
    "platform.break_glass:approve",
    _("Whoever asks to be let in would also let themselves in."),
)
