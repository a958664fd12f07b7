"""A new customer: role, database, walls, identity, first user, and the address last."""

from django.conf import settings
from django.db import connection, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from psycopg.errors import DuplicateDatabase

from tenants.binding import CATALOG, bound_to
from tenants.carrying_out import request, step
from tenants.exceptions import TenancyError, TenantUnavailable
from tenants.fingerprints import database_fingerprint
from tenants.host_epochs import forget_hosts
from tenants.models import RESERVED_SLUGS, Domain, Operation, Server, Tenant, TenantState
from tenants.provisioner import execute, hold, owner_of, provisioner
from tenants.signed_identity import write_identity
from tenants.templating import ensure_template, migrate_as_owner, template_in_force
from tenants.walls import raise_database_walls, set_role


class SlugTaken(TenancyError):
    """Another customer has this short name, or it is one of ours."""


class NoServer(TenancyError):
    """Every server is closed to new tenants."""


def request_tenant(slug: str, name: str, language: str, owner: tuple[str, str], actor: str) -> Operation:
    """Ask for a tenant, bound to the catalog; `owner` is (e-mail, name). Asked again, resume what isn't done.

    Raises SlugTaken, and ValidationError for a slug that can't be a host name.
    """
    if slug in RESERVED_SLUGS:
        raise SlugTaken(_("“%(slug)s” is reserved: choose another short name.") % {"slug": slug})
    with transaction.atomic():
        _one_at_a_time(slug)
        email, owner_name = owner
        tenant = Tenant.objects.not_closed().filter(slug=slug).first()
        if tenant:
            _refuse_another(tenant, name, email)
        tenant = tenant or _new_tenant(slug, name, language)
        return request(Operation.Kind.PROVISION, tenant, actor, owner_email=email, owner_name=owner_name)


def _one_at_a_time(slug: str) -> None:
    """Two who ask for one short name at once: the second waits, and finds it taken."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"slug {slug}"])


def _refuse_another(tenant: Tenant, name: str, email: str) -> None:
    """Asked twice for the same it is the same; for something else it is refused, or it would be lost."""
    begun = (
        tenant.operations.filter(kind=Operation.Kind.PROVISION).exclude(state=Operation.State.DONE).first()
    )
    if begun is None or tenant.is_ending:
        raise SlugTaken(_("“%(slug)s” is taken: choose another short name.") % {"slug": tenant.slug})
    if (tenant.name, begun.owner_email.lower()) != (name, email.lower()):
        raise SlugTaken(_("“%(slug)s” is being set up for somebody else already.") % {"slug": tenant.slug})


def _new_tenant(slug: str, name: str, language: str) -> Tenant:
    server = Server.objects.filter(accepts_tenants=True).first()
    if server is None:
        raise NoServer(_("No server accepts tenants: add one, or let one accept them again."))
    tenant = Tenant(slug=slug, name=name, language=language, server=server)
    tenant.full_clean()
    tenant.save()
    return tenant


@step("Make the template ready")
def prepare_template(operation: Operation) -> None:
    ensure_template()


@step("Create the role")
def create_role(operation: Operation) -> None:
    set_role(operation.tenant.place)


@step("Clone the database")
def clone_database(operation: Operation) -> None:
    place = operation.tenant.place
    template = template_in_force() or ensure_template()
    with provisioner(server=place) as connection:
        hold(connection, place.database)
        try:
            execute(
                connection,
                "CREATE DATABASE {} TEMPLATE {} STRATEGY WAL_LOG ALLOW_CONNECTIONS false",
                place.database,
                template.database,
            )
        except DuplicateDatabase:
            """An earlier try made it; CREATE DATABASE leaves all or nothing."""


@step("Raise the walls")
def raise_walls(operation: Operation) -> None:
    raise_database_walls(operation.tenant.place)


@step("Sign the identity")
def sign_identity(operation: Operation) -> None:
    write_identity(operation.tenant.place)


@step("Compare with the template")
def catch_up(operation: Operation) -> None:
    tenant = operation.tenant
    template = ensure_template()
    with owner_of(tenant.place) as connection:
        fingerprint = database_fingerprint(connection)
    if fingerprint != template.fingerprint:
        fingerprint = migrate_as_owner(tenant.place)
    record_schema(tenant, fingerprint)


def record_schema(tenant: Tenant, fingerprint: str) -> None:
    with bound_to(CATALOG):
        tenant.fingerprint = fingerprint
        tenant.schema_level = settings.AMANA_SCHEMA_LEVEL
        tenant.save(update_fields=["fingerprint", "schema_level"])
        forget_hosts(tenant.domains.values_list("domain", flat=True))


@step("Publish the address")
def publish(operation: Operation) -> None:
    with bound_to(CATALOG), transaction.atomic():
        tenant = Tenant.objects.select_for_update().get(pk=operation.tenant_id)
        if tenant.is_ending:
            raise TenantUnavailable(f"{tenant.name} was closed while it was being set up.")
        Domain.objects.get_or_create(domain=tenant.primary_host, defaults={"tenant": tenant})
        if tenant.state == TenantState.PROVISIONING:
            tenant.state = TenantState.ACTIVE
            tenant.save(update_fields=["state"])
            tenant.note(gettext_noop("published"), operation.requested_by, host=tenant.primary_host)
        forget_hosts(tenant.domains.values_list("domain", flat=True))
