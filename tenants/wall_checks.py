"""How each wall of a tenant is looked at, and how it is put right."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, LiteralString

import psycopg
from django.conf import settings
from psycopg import Connection, OperationalError

from tenants.fingerprints import database_fingerprint
from tenants.identity import identity_of, is_signed, read_identity
from tenants.models import Tenant
from tenants.places import Place, database_settings
from tenants.provisioner import owner_of, provisioner, run_file
from tenants.schema_steps import install_all
from tenants.signed_identity import write_identity
from tenants.walls import (
    CONNECTING_SERVICES,
    raise_database_walls,
    reset_settings_in_databases,
    role_settings,
    set_role,
    take_memberships,
)


@dataclass(frozen=True)
class Wall:
    """A wall in words, whether it stands (None: not visible from here), and how to put it right without a person."""

    name: str
    stands: Callable[[Tenant], bool | None]
    repair: Callable[[Tenant], None] | None = None


@dataclass(frozen=True)
class PlaceWall:
    """A wall of every database, the catalog's too: what is wrong with it, a sentence each, and how to put it right."""

    name: str
    faults: Callable[[Place], list[str]]
    repair: Callable[[Place], None]


def role_is_plain(tenant: Tenant) -> bool:
    query = """
        SELECT rolcanlogin AND rolinherit AND NOT (rolsuper OR rolcreatedb OR rolcreaterole OR rolreplication
               OR rolbypassrls) AND rolconnlimit = %s,
               ARRAY(SELECT concat_ws(' ', roleid::regrole, inherit_option, set_option, admin_option)
                     FROM pg_auth_members WHERE member = pg_roles.oid ORDER BY 1)
        FROM pg_roles WHERE rolname = %s"""
    parameters = [settings.AMANA_ROLE_CONNECTION_LIMIT, tenant.place.role]
    return _row(tenant, query, parameters) == (True, ["tenant_runtime t f f"])


def role_has_our_settings(tenant: Tenant) -> bool:
    query = """
        SELECT coalesce(max(ARRAY(SELECT unnest(setconfig) ORDER BY 1)) FILTER (WHERE setdatabase = 0), '{}'),
               count(*) FILTER (WHERE setdatabase <> 0)
        FROM pg_db_role_setting WHERE setrole = %s::regrole"""
    ours = sorted(f"{name}={value}" for name, value in role_settings().items())
    return _row(tenant, query, [tenant.place.role]) == (ours, 0)


def role_has_our_password(tenant: Tenant) -> bool:
    try:
        with _as_tenant(tenant.place):
            return True
    except OperationalError:
        return False


def only_the_right_roles_connect(tenant: Tenant) -> bool:
    query = """
        SELECT ARRAY(SELECT acl.grantee::regrole::text || ' ' || privilege_type || repeat('*', is_grantable::int)
                     FROM aclexplode(datacl) AS acl WHERE acl.grantee <> datdba ORDER BY 1),
               datallowconn AND NOT datistemplate AND datdba = 'amana_provisioner'::regrole
        FROM pg_database WHERE datname = %s"""
    expected = sorted(f"{role} CONNECT" for role in (tenant.place.role, *CONNECTING_SERVICES))
    return _row(tenant, query, [tenant.place.database]) == (expected, True)


def identity_is_signed(tenant: Tenant) -> bool:
    expected = identity_of(tenant.place)
    with owner_of(tenant.place) as connection:
        found, signature = read_identity(connection)
    return found == expected and is_signed(expected, signature)


def schema_is_the_recorded_one(tenant: Tenant) -> bool:
    """Migrations, permissions, triggers and grants are the ones that the catalog has on record."""
    with owner_of(tenant.place) as connection:
        return database_fingerprint(connection) == tenant.fingerprint


def nothing_can_be_created(tenant: Tenant) -> bool:
    query = """
        SELECT NOT bool_or(has_schema_privilege(%(role)s, oid, 'CREATE'))
               AND NOT has_database_privilege(%(role)s, current_database(), 'CREATE, TEMP')
        FROM pg_namespace WHERE nspname NOT LIKE 'pg\\_temp%%' AND nspname NOT LIKE 'pg\\_toast%%'"""
    return _inside(tenant, query) == (True,)


def no_large_objects(tenant: Tenant) -> bool:
    query = """
        SELECT NOT coalesce(bool_or(has_function_privilege(%(role)s, oid, 'EXECUTE')), false)
        FROM pg_proc WHERE pronamespace = 'pg_catalog'::regnamespace
          AND (proname ~ '^lo_' OR proname IN ('loread', 'lowrite'))"""
    return _inside(tenant, query) == (True,)


def same_user_rule(tenant: Tenant) -> bool | None:
    """That pg_hba keeps a role to its own database can be read by a superuser only: not visible from here."""
    return None


def bring_to_this_code(tenant: Tenant) -> None:
    with owner_of(tenant.place) as connection:
        run_file(connection, "tenant.sql")
    install_all(tenant.place)
    with owner_of(tenant.place) as connection:
        run_file(connection, "grants.sql")


def sign_where_nothing_is_said(tenant: Tenant) -> None:
    """Another identity is never overwritten: it says that the catalog points at the wrong database."""
    with owner_of(tenant.place) as connection:
        found, _ = read_identity(connection)
    if found is None:
        write_identity(tenant.place)


WALLS = [
    Wall("the role has no power", role_is_plain, lambda tenant: _disarm(tenant.place)),
    Wall("the role's settings are ours", role_has_our_settings, lambda tenant: _reset(tenant.place)),
    Wall("the role's password is ours", role_has_our_password, lambda tenant: set_role(tenant.place)),
    Wall(
        "only its own role and services connect",
        only_the_right_roles_connect,
        lambda tenant: raise_database_walls(tenant.place),
    ),
    Wall("nothing can be created", nothing_can_be_created),
    Wall("no large objects", no_large_objects),
    Wall("the identity is signed", identity_is_signed, sign_where_nothing_is_said),
    Wall("schema and grants are the recorded ones", schema_is_the_recorded_one, bring_to_this_code),
    Wall("pg_hba keeps each role to its database", same_user_rule),
]


def _disarm(place: Place) -> None:
    set_role(place)
    take_memberships(place)


def _reset(place: Place) -> None:
    set_role(place)
    reset_settings_in_databases(place)


def _as_tenant(place: Place) -> Connection[Any]:
    found = database_settings(place)
    named = {"dbname": "NAME", "user": "USER", "password": "PASSWORD", "host": "HOST", "port": "PORT"}
    return psycopg.connect(**{key: found[name] for key, name in named.items() if found[name]})


def _row(tenant: Tenant, query: LiteralString, parameters: list[Any]) -> tuple[Any, ...] | None:
    with provisioner(server=tenant.place) as connection:
        return connection.execute(query, parameters).fetchone()


def _inside(tenant: Tenant, query: LiteralString) -> tuple[Any, ...] | None:
    with provisioner(tenant.place.database, tenant.place) as connection:
        return connection.execute(query, {"role": tenant.place.role}).fetchone()
