"""The log put into a database: part of bringing it to this code (settings.AMANA_SCHEMA_STEPS)."""

from functools import cache
from pathlib import Path
from typing import Any

from psycopg import Connection, sql

from audit import attaching, functions, tables
from audit.attaching import attach_all
from audit.declaring import declared_tables, exemptions
from tenants.places import Place
from tenants.provisioner import provisioner

SQL = Path(__file__).parent / "sql"
FILES = ("audit.sql", "seal.sql")


def install(place: Place) -> None:
    """Schema, functions and triggers as this code has them; what is right already stays. Needs the provisioner."""
    owner, runtime = roles_of(place)
    with provisioner(place.database, place) as connection:
        for name in FILES:
            _run(connection, name, owner=owner, runtime=runtime)
        attach_all(connection, owner)


def empty(place: Place) -> None:
    """No event and no seal: what a template's building did is nobody's history. Needs the provisioner."""
    with provisioner(place.database, place) as connection, connection.transaction():
        connection.execute("SET LOCAL ROLE audit_owner")
        connection.execute("TRUNCATE audit.event, audit.seal")
        connection.execute("ALTER SEQUENCE audit.event_id RESTART")


def roles_of(place: Place) -> tuple[str, str]:
    """Who owns the tables of a database, and who works on them."""
    return ("catalog_owner", "amana_catalog") if place.is_catalog else ("tenant_owner", "tenant_runtime")


@cache
def source() -> list[str]:
    """All that decides what `install` makes: part of the code's fingerprint."""
    modules = [Path(str(module.__file__)) for module in (attaching, functions, tables)]
    texts = [path.read_text() for path in (*(SQL / name for name in FILES), *modules)]
    declared = {
        table: (sorted(said.plain), sorted(said.masked), sorted(said.ignored))
        for table, said in declared_tables().items()
    }
    return [*texts, repr(sorted(declared.items())), repr(sorted(exemptions()))]


def _run(connection: Connection[Any], name: str, **roles: str) -> None:
    named = {key: sql.Identifier(role) for key, role in roles.items()}
    with connection.transaction():
        connection.execute(sql.SQL((SQL / name).read_text()).format(**named))
