"""The database that new tenants are cloned from, built beside the old one and then put in force."""

from django.core.management import call_command
from django.utils import timezone

from tenants.binding import CATALOG, bound_to
from tenants.fingerprints import code_fingerprint, database_fingerprint
from tenants.models import Template
from tenants.places import Place
from tenants.provisioner import (
    bound_to_owner_of,
    exclusively,
    execute,
    exists,
    hold,
    owner_of,
    provisioner,
    run_file,
)
from tenants.schema_steps import empty_all, install_all


def template_in_force() -> Template | None:
    """The newest template that is ready, of this code; None where none has been built yet."""
    with bound_to(CATALOG):
        return Template.objects.filter(ready_at__isnull=False, code=code_fingerprint()).first()


def ensure_template() -> Template:
    """The template of this code, built now if it isn't there. One builder at a time; half-built ones are redone."""
    template = template_in_force()
    if template:
        return template
    with exclusively("template"):
        return template_in_force() or _build()


def _build() -> Template:
    template = _next_version()
    place = Place(alias=template.database, database=template.database, role="")
    with provisioner() as connection:
        hold(connection, template.database)
        if exists(connection, "database", template.database):
            _discard(template.database)
        execute(
            connection,
            "CREATE DATABASE {} TEMPLATE amana_base STRATEGY WAL_LOG ALLOW_CONNECTIONS false",
            template.database,
        )
        execute(connection, "REVOKE ALL ON DATABASE {} FROM PUBLIC", template.database)
        execute(connection, "ALTER DATABASE {} ALLOW_CONNECTIONS true", template.database)
    with provisioner(place.database) as connection:
        run_file(connection, "tenant.sql")
    fingerprint = migrate_as_owner(place)
    empty_all(place)
    with provisioner() as connection:
        execute(connection, "ALTER DATABASE {} ALLOW_CONNECTIONS false", template.database)
    return _put_in_force(template, fingerprint)


def forget_lost_templates() -> None:
    """Rows whose database isn't on this server: a catalog that was restored on another machine brings them along."""
    with bound_to(CATALOG):
        known = [*Template.objects.all()]
    with provisioner() as connection:
        lost = [each.pk for each in known if not exists(connection, "database", each.database)]
    with bound_to(CATALOG):
        Template.objects.filter(pk__in=lost).delete()


def migrate_as_owner(place: Place) -> str:
    """Bring a database to this code: migrations, what other apps add, grants. Returns its fingerprint."""
    with bound_to_owner_of(place) as alias:
        call_command("migrate", database=alias, verbosity=0, interactive=False)
    install_all(place)
    with owner_of(place) as connection:
        run_file(connection, "grants.sql")
        return database_fingerprint(connection)


def _next_version() -> Template:
    with bound_to(CATALOG):
        half_built = Template.objects.filter(ready_at__isnull=True).first()
        if half_built:
            half_built.code = code_fingerprint()
            half_built.save(update_fields=["code"])
            return half_built
        newest = Template.objects.first()
        version = newest.version + 1 if newest else 1
        return Template.objects.create(version=version, code=code_fingerprint())


def _put_in_force(template: Template, fingerprint: str) -> Template:
    with bound_to(CATALOG):
        template.fingerprint = fingerprint
        template.ready_at = timezone.now()
        template.save(update_fields=["fingerprint", "ready_at"])
        superseded = [*Template.objects.filter(version__lt=template.version - 1)]
    for old in superseded:
        _discard(old.database)
        with bound_to(CATALOG):
            old.delete()
    return template


def _discard(database: str) -> None:
    with provisioner() as connection:
        execute(connection, "DROP DATABASE IF EXISTS {} WITH (FORCE)", database)
