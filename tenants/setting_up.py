"""The catalog's own schema, made by its owner; the application may only read and write rows."""

from django.core.management import call_command

from tenants.binding import CATALOG, bound_to
from tenants.models import Server
from tenants.provisioner import bound_to_owner_of, provisioner, run_file
from tenants.schema_steps import install_all


def prepare_catalog() -> None:
    """Migrate the catalog, add what other apps add, grant, and name the first server. Idempotent."""
    with bound_to_owner_of(CATALOG) as alias:
        call_command("migrate", database=alias, verbosity=0, interactive=False)
    install_all(CATALOG)
    with provisioner(CATALOG.database) as connection:
        connection.execute("SET ROLE catalog_owner")
        run_file(connection, "catalog_grants.sql")
    with bound_to(CATALOG):
        Server.objects.get_or_create(name="primary")


def is_catalog_there() -> bool:
    """Whether it has tables: on a server that was just made, nothing can be recorded yet."""
    query = (
        "SELECT FROM pg_class WHERE relname = 'django_migrations' AND relnamespace = 'public'::regnamespace"
    )
    with provisioner(CATALOG.database) as connection:
        return connection.execute(query).fetchone() is not None
