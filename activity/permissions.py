"""What can be done with the activity log: a tenant's people read their own, operators the platform's."""

from django.utils.translation import gettext_lazy as _

from access.registry import Area, Resource, Risk, Trace, add_resource

OVERSIGHT = Area(_("Oversight"), 90)

add_resource(
    Resource(
        code="audit.activity",
        label=_("Activity log"),
        area=OVERSIGHT,
        surfaces=("tenant", "operator"),
        actions=("view", "export"),
        risks={"view": Risk.SENSITIVE, "export": Risk.SENSITIVE | Risk.PII},
        traces={"export": (Trace(action="activity.exported"),)},
    )
)
