"""What the activity log keeps of Django's tables and of the catalog's, whose apps can't say it: they are below."""

from django.utils.translation import gettext_lazy as _

from audit.declaring import exempt, logged
from audit.events import event

BY_MIGRATIONS = "Only migrations write it, as the owner; the application may read it."
PROGRESS = "How far work has come; what it changes is logged where it changes."

exempt("django_migrations", BY_MIGRATIONS)
exempt("django_content_type", BY_MIGRATIONS)
exempt("auth_permission", BY_MIGRATIONS)
logged("auth_group", plain=("name",))

logged("tenants_server", plain=("name", "host", "port"))
logged(
    "tenants_tenant",
    plain=("schema_name", "log_name", "slug", "name", "fingerprint"),
    ignored={
        "size_bytes": "measured every few minutes",
        "last_sign_in_at": "measured every few minutes",
        "measured_at": "measured every few minutes",
    },
)
logged("tenants_domain", plain=("domain",))
logged("tenants_operation", plain=("requested_by", "error"))
logged("tenants_tenantevent", plain=("actor", "verb"))
logged("tenants_template", plain=("code", "fingerprint"))
exempt(
    "audit_anchor",
    "Nobody can change or delete one, and each is written because events were: logged, sealing would never end.",
)
exempt("audit_sealstate", "How far sealing has come: written every few seconds, and no change of the system.")
logged(
    "audit_alarm",
    plain=("kind", "database", "says"),
    ignored={
        "told_at": "when letters last went out about it",
        "posted_at": "when the webhook was last told of it",
        "taken_at": "of when the news is that the webhook has taken",
        "facts": "what stands in `says`, once more",
    },
)
exempt("tenants_step", PROGRESS)
exempt("tenants_tenantmigration", PROGRESS)
exempt(
    "tenants_controlrun",
    "A command on its way to the control worker and what it said, kept for a day at most.",
)
exempt("tenants_watch", "When a tenant's background work is looked at next; it changes all the time.")

event(
    "tenants.wall_checked",
    _("The wall “%(wall)s” of %(tenant)s was repaired"),
    failed=_("The wall “%(wall)s” of %(tenant)s is not held"),
)
event(
    "tenants.migrated",
    _("%(tenant)s was migrated to this release"),
    failed=_("Migrating %(tenant)s failed (%(error)s)"),
)
event("audit.shell_opened", _("%(who)s opened a shell at this database, %(mode)s"))
event("audit.shell_closed", _("%(who)s closed the shell"))
event(
    "tenants.command_carried_out",
    _("The command %(command)s was carried out"),
    failed=_("The command %(command)s failed"),
)
