"""What can be done with people, in a tenant and, by the same pages, with operators."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from access.duties import conflict
from access.registry import Area, Resource, Risk, Surface, Trace, add_resource

PEOPLE = Area(_("People"), 80)
BOTH: tuple[Surface, ...] = ("tenant", "operator")
SENSITIVE = Risk.SENSITIVE

add_resource(
    Resource(
        code="accounts.user",
        label=_("People"),
        area=PEOPLE,
        surfaces=BOTH,
        actions=(
            "view",
            "invite",
            "update",
            "deactivate",
            "reactivate",
            "unlock",
            "reset_password",
            "reset_2fa",
            "assign_role",
            "export",
            "history",
        ),
        risks={
            "invite": SENSITIVE,
            "update": SENSITIVE,
            "deactivate": SENSITIVE,
            "reactivate": SENSITIVE,
            "unlock": SENSITIVE,
            "reset_password": SENSITIVE,
            "reset_2fa": SENSITIVE | Risk.CREDENTIALS,
            "assign_role": SENSITIVE,
            "export": Risk.PII,
            "history": SENSITIVE,
        },
        implies={"assign_role": ("accounts.role:view",)},
        traces={
            "invite": (Trace(action="accounts.invited"),),
            "update": (Trace(action="accounts.renamed"),),
            "deactivate": (Trace(action="accounts.deactivated"),),
            "reactivate": (Trace(action="accounts.reactivated"),),
            "assign_role": (Trace(action="accounts.role_granted"), Trace(action="accounts.role_ended")),
            "export": (Trace(action="accounts.people_exported"),),
        },
    )
)
add_resource(
    Resource(
        code="accounts.role",
        label=_("Roles"),
        area=PEOPLE,
        surfaces=BOTH,
        actions=("view", "create", "update", "delete", "clone", "export", "history"),
        risks=dict.fromkeys(("create", "update", "delete", "clone"), SENSITIVE),
    )
)
add_resource(
    Resource(
        code="accounts.session",
        label=pgettext_lazy("of a browser", "Sessions"),
        area=PEOPLE,
        surfaces=BOTH,
        actions=("view", "revoke"),
        risks={"view": SENSITIVE, "revoke": SENSITIVE},
    )
)
add_resource(
    Resource(
        code="accounts.security_policy",
        label=_("Security settings"),
        area=PEOPLE,
        surfaces=BOTH,
        actions=("view", "update", "history"),
        risks={"update": SENSITIVE},
        traces={"update": (Trace(action="accounts.policy_changed"),)},
    )
)
add_resource(
    Resource(
        code="accounts.access_review",
        label=_("Access reviews"),
        area=PEOPLE,
        surfaces=BOTH,
        actions=("view", "create", "decide", "complete", "cancel", "export"),
        risks=dict.fromkeys(("create", "decide", "complete", "cancel", "export"), SENSITIVE),
    )
)
add_resource(
    Resource(
        code="accounts.support_grant",
        label=_("Access for support"),
        area=PEOPLE,
        surfaces=("tenant",),
        actions=("view", "approve", "revoke"),
        risks={"approve": SENSITIVE, "revoke": SENSITIVE},
    )
)

conflict(
    "accounts.user:assign_role",
    "accounts.access_review:decide",
    _("Whoever gives roles would also decide whether giving them was right."),
)
conflict(
    "accounts.role:update",
    "accounts.access_review:complete",
    _("Whoever changes what roles hold would also close the review of them."),
)
