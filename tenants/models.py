"""The catalog: which customers there are, where each lives, and what was done about them."""

from typing import Any, ClassVar

from django.conf import settings
from django.core.validators import RegexValidator
from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop
from django_tenants.models import DomainMixin, TenantMixin

from tenants.control import ControlRun
from tenants.exceptions import TenantUnavailable
from tenants.host_epochs import forget_hosts
from tenants.identifiers import new_database_name, new_id
from tenants.operations import Operation, Step
from tenants.origins import site_url
from tenants.places import Place
from tenants.watching import Watch

__all__ = [
    "ControlRun",
    "Domain",
    "Operation",
    "Server",
    "Step",
    "Template",
    "Tenant",
    "TenantEvent",
    "TenantMigration",
    "Watch",
]

SLUG = RegexValidator(
    r"^[a-z](?:[a-z0-9-]{1,38}[a-z0-9])$",
    _("Use 3 to 40 of a-z, 0-9 and -, beginning with a letter and not ending with -."),
)
RESERVED_SLUGS = frozenset(
    {"operator", "www", "admin", "api", "mail", "static", "catalog", "public", "localhost"}
)


class Server(models.Model):
    """A PostgreSQL server that tenants live on. A blank host means: the catalog's own server."""

    name = models.SlugField(unique=True)
    host = models.CharField(max_length=255, blank=True)
    port = models.CharField(max_length=5, blank=True)
    accepts_tenants = models.BooleanField(default=True)

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return self.name


class TenantState(models.TextChoices):
    """A tenant's life. Only an active one is served; a leaving or suspended one keeps exports and backups."""

    PROVISIONING = "provisioning", _("Being set up")
    ACTIVE = "active", _("Active")
    SUSPENDED = "suspended", _("Suspended")
    LEAVING = "leaving", _("Leaving")
    CLOSING = "closing", _("Being closed")
    CLOSED = "closed", _("Closed")


# What is done to a tenant, as its trail tells it, and the refusal where its state doesn't allow that.
REFUSALS = {
    gettext_noop("suspended"): _("%(tenant)s is %(state)s: it can't be suspended."),
    gettext_noop("resumed"): _("%(tenant)s is %(state)s: it can't be resumed."),
    gettext_noop("given notice"): _("%(tenant)s is %(state)s: it can't be given notice."),
    gettext_noop("closed"): _("%(tenant)s is %(state)s: it can't be closed."),
    gettext_noop("language changed"): _("%(tenant)s is %(state)s: its language can't be changed."),
}
# The names of what the trail tells besides.
DETAILS = (
    gettext_noop("reason"),
    gettext_noop("language"),
    gettext_noop("host"),
    gettext_noop("certificate"),
    gettext_noop("final_at"),
)


class TenantQuerySet(models.QuerySet["Tenant"]):
    STATES_WITH_DATABASE = (TenantState.ACTIVE, TenantState.SUSPENDED, TenantState.LEAVING)

    def with_database(self) -> "TenantQuerySet":
        """Those whose database exists and is meant to go on existing."""
        return self.filter(state__in=self.STATES_WITH_DATABASE)

    def not_closed(self) -> "TenantQuerySet":
        """Those that still have their short name; a closed one's may be given again."""
        return self.exclude(state=TenantState.CLOSED)

    def behind(self, fingerprint: str) -> "TenantQuerySet":
        """Those whose schema isn't the one that `fingerprint` stands for, or isn't known to serve this code."""
        this = models.Q(fingerprint=fingerprint, schema_level__gte=settings.AMANA_SCHEMA_LEVEL)
        return self.with_database().exclude(this)


class Tenant(TenantMixin):
    """A customer. `schema_name` (django-tenants' word) is the opaque name of database, role and alias."""

    auto_create_schema = False
    auto_drop_schema = False

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    schema_name = models.CharField(max_length=63, unique=True, default=new_database_name, editable=False)
    slug = models.CharField(max_length=40, validators=[SLUG])
    name = models.CharField(max_length=200)
    language = models.CharField(max_length=10, choices=settings.LANGUAGES, default="en")
    state = models.CharField(max_length=20, choices=TenantState, default=TenantState.PROVISIONING)
    server = models.ForeignKey(Server, on_delete=models.PROTECT)
    era = models.PositiveIntegerField(default=1)
    password_generation = models.PositiveIntegerField(default=1)
    log_name = models.CharField(max_length=63, blank=True, editable=False)
    fingerprint = models.CharField(max_length=64, blank=True)
    schema_level = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField(auto_now_add=True)
    size_bytes = models.BigIntegerField(null=True, blank=True)
    last_sign_in_at = models.DateTimeField(null=True, blank=True)
    measured_at = models.DateTimeField(null=True, blank=True)

    objects = TenantQuerySet.as_manager()

    class Meta:
        default_permissions = ()
        ordering: ClassVar = ["slug", "-created_at"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["slug"],
                condition=~models.Q(state="closed"),
                name="one_tenant_per_slug",
                violation_error_message=_("Another customer has this short name."),
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def place(self) -> Place:
        """Where this tenant lives, as one value: `bound_to(tenant)` reads nothing else."""
        return Place(
            alias=self.schema_name,
            database=self.schema_name,
            role=self.schema_name,
            host=self.server.host,
            port=self.server.port,
            tenant_id=self.id,
            era=self.era,
            generation=self.password_generation,
            log=self.log_name,
        )

    @property
    def site_url(self) -> str:
        """The address of this tenant's site, from configuration and never from a request's Host header."""
        return site_url(self.primary_host)

    @property
    def primary_host(self) -> str:
        return f"{self.slug}.{settings.AMANA_PUBLIC_HOST}"

    @property
    def is_too_old(self) -> bool:
        """Its schema is older than this code can work with; the fleet's migration will reach it."""
        return self.schema_level < settings.AMANA_MINIMUM_SCHEMA_LEVEL

    @property
    def is_served(self) -> bool:
        return self.state == TenantState.ACTIVE

    @property
    def is_ending(self) -> bool:
        """It is being closed or is closed: there is no way back."""
        return self.state in (TenantState.CLOSING, TenantState.CLOSED)

    def suspend(self, actor: str, reason: str) -> None:
        self._move([TenantState.ACTIVE], TenantState.SUSPENDED, "suspended", actor, reason=reason)

    def resume(self, actor: str) -> None:
        self._move([TenantState.SUSPENDED, TenantState.LEAVING], TenantState.ACTIVE, "resumed", actor)

    def leave(self, actor: str, reason: str) -> None:
        """The customer has given notice: the site is shut, data stays for export until it is closed."""
        allowed = [TenantState.ACTIVE, TenantState.SUSPENDED]
        self._move(allowed, TenantState.LEAVING, "given notice", actor, reason=reason)

    def close(self, actor: str) -> None:
        """The site is gone at once; what remains is done step by step. Closing again changes nothing."""
        if self.state == TenantState.CLOSING:
            return
        allowed = [TenantState.PROVISIONING, *TenantQuerySet.STATES_WITH_DATABASE]
        self._move(allowed, TenantState.CLOSING, "closed", actor)

    def change_language(self, actor: str, language: str) -> None:
        """What its people read from now on, unless they have chosen for themselves."""
        with transaction.atomic():
            self._hold([*TenantQuerySet.STATES_WITH_DATABASE], "language changed")
            self.language = language
            self.save(update_fields=["language"])
            self.note("language changed", actor, language=language)
            forget_hosts(self.domains.values_list("domain", flat=True))

    def _move(
        self, allowed: list[TenantState], to: TenantState, verb: str, actor: str, **details: str
    ) -> None:
        with transaction.atomic():
            self._hold(allowed, verb)
            self.state = to
            self.save(update_fields=["state"])
            self.note(verb, actor, **details)
            forget_hosts(self.domains.values_list("domain", flat=True))

    def _hold(self, allowed: list[TenantState], verb: str) -> None:
        """Lock the row, provided that its state allows the verb."""
        current = Tenant.objects.select_for_update().get(pk=self.pk)
        if current.state not in allowed:
            state = str(current.get_state_display()).lower()
            raise TenantUnavailable(REFUSALS[verb] % {"tenant": self.name, "state": state})

    def note(self, verb: str, actor: str, **details: Any) -> "TenantEvent":
        """Leave a line in this tenant's trail."""
        return TenantEvent.objects.create(tenant=self, verb=verb, actor=actor, details=details)


class Domain(DomainMixin):
    """A host name that leads to a tenant, exactly as it stands in the address bar."""

    tenant = models.ForeignKey(Tenant, on_delete=models.CASCADE, related_name="domains")

    class Meta:
        default_permissions = ()


class TenantEvent(models.Model):
    """What was done to a tenant, by whom. Rows are added and never changed."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    tenant = models.ForeignKey(Tenant, on_delete=models.CASCADE, related_name="events")
    at = models.DateTimeField(default=timezone.now)
    actor = models.CharField(max_length=200)
    verb = models.CharField(max_length=50)
    details = models.JSONField(default=dict)

    class Meta:
        default_permissions = ()
        ordering: ClassVar = ["-at"]

    def __str__(self) -> str:
        return f"{self.tenant_id} {self.verb}"


class Template(models.Model):
    """A versioned database that new tenants are cloned from; the newest ready one is in force."""

    version = models.PositiveIntegerField(primary_key=True)
    code = models.CharField(max_length=64)
    fingerprint = models.CharField(max_length=64, blank=True)
    ready_at = models.DateTimeField(null=True)

    class Meta:
        default_permissions = ()
        ordering: ClassVar = ["-version"]

    def __str__(self) -> str:
        return self.database

    @property
    def database(self) -> str:
        return f"tenant_template_v{self.version}"


class TenantMigration(models.Model):
    """How far one tenant has come on the way to a fingerprint; what `migrate_fleet` resumes from."""

    class State(models.TextChoices):
        WAITING = "waiting"
        DONE = "done"
        FAILED = "failed"

    tenant = models.ForeignKey(Tenant, on_delete=models.CASCADE, related_name="migrations")
    fingerprint = models.CharField(max_length=64)
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    error = models.TextField(blank=True)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        default_permissions = ()
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["tenant", "fingerprint"], name="one_migration_each")
        ]

    def __str__(self) -> str:
        return f"{self.tenant_id} {self.state}"
