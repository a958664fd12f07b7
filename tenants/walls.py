"""The walls around one tenant inside PostgreSQL: its role, and who may open its database."""

from typing import Any

from django.conf import settings
from psycopg import Connection

from tenants.places import Place, role_password
from tenants.provisioner import execute, exists, hold, provisioner

CONNECTING_SERVICES = ("amana_backup", "amana_sealer")


def role_settings() -> dict[str, str]:
    """What a tenant's role starts each session with; it may change them for itself, and the nightly check undoes it."""
    return {"TimeZone": "UTC", "statement_timeout": settings.AMANA_ROLE_STATEMENT_TIMEOUT}


def set_role(place: Place) -> None:
    """Give a tenant's role exactly its password, limits and settings; whatever it changed itself is undone.

    Made where it is missing.
    """
    with provisioner(server=place) as connection, connection.transaction():
        hold(connection, place.role)
        if not exists(connection, "role", place.role):
            execute(connection, "CREATE ROLE {} NOLOGIN", place.role)
        execute(
            connection, "GRANT tenant_runtime TO {} WITH INHERIT TRUE, SET FALSE, ADMIN FALSE", place.role
        )
        execute(connection, "ALTER ROLE {} RESET ALL", place.role)
        execute(
            connection,
            "ALTER ROLE {} LOGIN INHERIT NOCREATEDB NOCREATEROLE CONNECTION LIMIT {limit} PASSWORD {password}"
            " VALID UNTIL 'infinity'",
            place.role,
            limit=settings.AMANA_ROLE_CONNECTION_LIMIT,
            password=_verifier(connection, place),
        )
        for setting, value in role_settings().items():
            execute(connection, "ALTER ROLE {} SET {} = {value}", place.role, setting, value=value)


def _verifier(connection: Connection[Any], place: Place) -> str:
    """The SCRAM-SHA-256 verifier (RFC 5803): a statement that fails is logged, and must not log a password."""
    password = role_password(place.role, place.generation)
    made = connection.pgconn.encrypt_password(password.encode(), place.role.encode(), b"scram-sha-256")
    return made.decode()


def reset_settings_in_databases(place: Place) -> None:
    """A role may give itself settings for any database."""
    query = """
        SELECT datname FROM pg_db_role_setting JOIN pg_database ON pg_database.oid = setdatabase
        WHERE setrole = %s::regrole"""
    with provisioner(server=place) as connection:
        for (database,) in connection.execute(query, [place.role]).fetchall():
            execute(connection, "ALTER ROLE {} IN DATABASE {} RESET ALL", place.role, database)


def take_memberships(place: Place) -> None:
    """Take back every group that the provisioner put the role in; a superuser's grant is a superuser's to undo."""
    query = """
        SELECT roleid::regrole::text FROM pg_auth_members
        WHERE member = %s::regrole AND grantor = current_user::regrole AND roleid <> 'tenant_runtime'::regrole"""
    with provisioner(server=place) as connection:
        for (group,) in connection.execute(query, [place.role]).fetchall():
            execute(connection, "REVOKE {} FROM {}", group, place.role)


def _grantees(connection: Connection[Any], database: str) -> list[str]:
    query = """
        SELECT DISTINCT rolname FROM pg_database, aclexplode(datacl) AS acl JOIN pg_roles ON pg_roles.oid = acl.grantee
        WHERE datname = %s AND acl.grantee <> datdba"""
    return [name for (name,) in connection.execute(query, [database]).fetchall()]


def raise_database_walls(place: Place) -> None:
    """Let nobody connect but the tenant's role and the services that must; then open the database.

    ACLs of a database aren't cloned with it, so a clone is born closed (ALLOW_CONNECTIONS false) until here.
    """
    with provisioner(server=place) as connection, connection.transaction():
        execute(connection, "REVOKE ALL ON DATABASE {} FROM PUBLIC", place.database)
        for role in _grantees(connection, place.database):
            execute(connection, "REVOKE ALL ON DATABASE {} FROM {} CASCADE", place.database, role)
        for role in (place.role, *CONNECTING_SERVICES):
            execute(connection, "GRANT CONNECT ON DATABASE {} TO {}", place.database, role)
        execute(connection, "ALTER DATABASE {} ALLOW_CONNECTIONS true", place.database)
