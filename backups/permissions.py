"""What can be done with copies, drills and recovery keys: operators look after everybody's, a tenant sees its own."""

from django.utils.translation import gettext_lazy as _

from access.duties import conflict
from access.registry import Area, Resource, Risk, Trace, add_resource

BACKUPS = Area(_("Backups"), 80)
SENSITIVE = Risk.SENSITIVE

add_resource(
    Resource(
        code="platform.backup",
        label=_("Copies of customers"),
        area=BACKUPS,
        surfaces=("operator",),
        actions=("view", "create", "update", "release", "verify", "delete", "restore", "approve", "history"),
        risks=dict.fromkeys(
            ("create", "update", "release", "verify", "delete", "restore", "approve"), SENSITIVE
        ),
        traces={
            "create": (Trace(action="backups.asked"),),
            "update": (
                Trace(action="update", subject="backups_policy"),
                Trace(action="backups.held"),
            ),
            "release": (Trace(action="backups.released"),),
            "verify": (Trace(action="backups.verified"),),
            "delete": (Trace(action="backups.removed"),),
            "restore": (
                Trace(action="backups.restore_asked"),
                Trace(action="backups.restore_begun"),
                Trace(action="backups.restore_given_up"),
            ),
            "approve": (
                Trace(action="backups.restore_approved"),
                Trace(action="backups.restore_declined"),
            ),
        },
    )
)
add_resource(
    Resource(
        code="platform.archive",
        label=_("Archived copies"),
        area=BACKUPS,
        surfaces=("operator",),
        actions=("view", "create", "request", "approve", "abort", "download"),
        risks=dict.fromkeys(("create", "request", "approve", "abort", "download"), SENSITIVE),
        traces={
            "create": (Trace(action="backups.archive_asked"),),
            "request": (Trace(action="backups.retrieval_asked"),),
            "approve": (Trace(action="backups.retrieval_approved"),),
            "abort": (Trace(action="backups.retrieval_stopped"),),
            "download": (Trace(action="backups.retrieval_fetched"),),
        },
    )
)
add_resource(
    Resource(
        code="platform.drill",
        label=_("Restore drills"),
        area=BACKUPS,
        surfaces=("operator",),
        actions=("view", "start", "abort", "sign_off", "export"),
        risks=dict.fromkeys(("start", "abort", "sign_off", "export"), SENSITIVE),
        implies={"start": ("platform.tenant:view",)},
        traces={
            "start": (Trace(action="backups.drill_asked"),),
            "abort": (Trace(action="backups.drill_stopped"),),
            "sign_off": (Trace(action="backups.drill_signed_off"),),
            "export": (Trace(action="backups.drill_exported"),),
        },
    )
)
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
add_resource(
    Resource(
        code="backups.backup",
        label=_("Own copies"),
        area=BACKUPS,
        surfaces=("tenant",),
        actions=("view", "request_restore"),
        risks={"request_restore": SENSITIVE},
        traces={"request_restore": (Trace(action="backups.restore_requested"),)},
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

conflict(
    "platform.backup:restore",
    "platform.backup:approve",
    _("Whoever asks for a restore would also agree to it."),
)
conflict(
    "platform.archive:request",
    "platform.archive:approve",
    _("Whoever asks to take an archived copy out would also agree to it."),
)
conflict(
    "platform.backup:update",
    "platform.backup:release",
    _("Whoever shortens how long copies are kept would also let go of what is held."),
)
