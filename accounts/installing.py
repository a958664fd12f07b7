"""Permissions and built-in roles, as this code has them, in every database (settings.AMANA_SCHEMA_STEPS)."""

from pathlib import Path
from typing import Any

from django.utils import translation
from psycopg import Connection, sql
from psycopg.types.json import Jsonb

from access.registry import Surface, permissions
from accounts.built_in import built_in_roles
from audit.context import acting, preamble
from audit.installing import roles_of
from tenants.identifiers import new_id
from tenants.places import Place
from tenants.provisioner import provisioner

SQL = Path(__file__).parent / "sql" / "access.sql"

# A clone copies how many keys its template had written down in advance, and would give them out again after a crash.
RESTART = """
    DO $do$
    DECLARE
        each record;
    BEGIN
        FOR each IN SELECT sequencename AS name, coalesce(last_value, start_value - 1) + 1 AS next
                    FROM pg_sequences WHERE schemaname = 'public'
        LOOP
            EXECUTE format('ALTER SEQUENCE public.%I RESTART WITH %s', each.name, each.next);
        END LOOP;
    END
    $do$"""


def install(place: Place) -> None:
    """Rows of permissions, built-in roles with their content, the security policy; what is right already stays."""
    owner, _ = roles_of(place)
    surface: Surface = "operator" if place.is_catalog else "tenant"
    with provisioner(place.database, place) as connection, connection.transaction():
        connection.execute(sql.SQL("SET LOCAL ROLE {}").format(sql.Identifier(owner)))
        with acting("system:access"):
            connection.execute((preamble() or "").encode())
        _hand_over(connection, surface)
        connection.execute(SQL.read_bytes())


def empty(place: Place) -> None:
    """Clones begin with the same permissions and roles; what counts keys is written down at its first use (0049)."""
    owner, _ = roles_of(place)
    with provisioner(place.database, place) as connection, connection.transaction():
        connection.execute(sql.SQL("SET LOCAL ROLE {}").format(sql.Identifier(owner)))
        connection.execute(RESTART)


def source() -> list[str]:
    """All that decides what `install` makes: part of the code's fingerprint."""
    surfaces: tuple[Surface, ...] = ("tenant", "operator")
    return [SQL.read_text(), RESTART, *(repr((_permissions(each), _roles(each))) for each in surfaces)]


def _hand_over(connection: Connection[Any], surface: Surface) -> None:
    """What access.sql reads, as settings of this transaction."""
    roles = [{**role, "id": str(new_id())} for role in _roles(surface)]
    for name, given in (("permissions", _permissions(surface)), ("roles", roles)):
        connection.execute("SELECT set_config(%s, %s::jsonb::text, true)", [f"amana.{name}", Jsonb(given)])


def _permissions(surface: Surface) -> list[dict[str, str]]:
    """In English: what is kept in the database is; what is shown comes from the registry."""
    with translation.override("en"):
        return [
            {"app": each.resource.app, "codename": each.codename, "name": each.label}
            for each in permissions(surface)
        ]


def _roles(surface: Surface) -> list[dict[str, Any]]:
    with translation.override("en"):
        return [
            {
                "code": role.code,
                "name": str(role.label),
                "purpose": str(role.purpose),
                "version": role.version,
                "permissions": sorted(
                    f"{each.resource.app}.{each.codename}"
                    for each in permissions(surface)
                    if each.code in role.codes
                ),
            }
            for role in built_in_roles(surface)
        ]
