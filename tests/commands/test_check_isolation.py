"""Drift of every kind is put right; what can't be is reported, with exit code 1."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from uuid import uuid4

import psycopg
import pytest

from tenants.binding import CATALOG, bound_to
from tenants.isolation import Finding, check_tenant
from tenants.models import Tenant
from tenants.places import database_settings
from tenants.provisioner import owner_of
from tests.lifecycle.looking import superuser
from tests.support.command_line import manage

LOGGED = "every table is logged"
ROLE = "the role has no power"
SETTINGS = "the role's settings are ours"
PASSWORD = "the role's password is ours"
CONNECT = "only its own role and services connect"
CREATE = "nothing can be created"
OBJECTS = "no large objects"
IDENTITY = "the identity is signed"
GRANTS = "schema and grants are the recorded ones"
HBA = "pg_hba keeps each role to its database"
ALL = [LOGGED, ROLE, SETTINGS, PASSWORD, CONNECT, CREATE, OBJECTS, IDENTITY, GRANTS, HBA]
UNTOUCHED = {**dict.fromkeys(ALL, "held"), HBA: "not visible"}

BY_ITSELF = {
    "password": (PASSWORD, "ALTER ROLE {role} PASSWORD 'mine-from-now-on'"),
    "settings": (SETTINGS, "ALTER ROLE {role} SET statement_timeout = 0"),
    "settings for its database": (SETTINGS, "ALTER ROLE {role} IN DATABASE {role} SET statement_timeout = 0"),
    "settings for another database": (SETTINGS, "ALTER ROLE {role} IN DATABASE scratch SET work_mem = '1GB'"),
}
BY_THE_PROVISIONER = {
    "connection limit": (ROLE, "ALTER ROLE {role} CONNECTION LIMIT -1"),
    "power to make databases": (ROLE, "ALTER ROLE {role} CREATEDB"),
    "power to make roles": (ROLE, "ALTER ROLE {role} CREATEROLE"),
    "no login": (ROLE, "ALTER ROLE {role} NOLOGIN"),
    "may become its group": (ROLE, "GRANT tenant_runtime TO {role} WITH SET TRUE"),
    "may hand its group on": (ROLE, "GRANT tenant_runtime TO {role} WITH ADMIN TRUE"),
    "member of another tenant": (ROLE, "GRANT {other} TO {role}"),
    "expired": (PASSWORD, "ALTER ROLE {role} VALID UNTIL 'yesterday'"),
    "open to PUBLIC": (CONNECT, "GRANT CONNECT ON DATABASE {role} TO PUBLIC"),
    "open to another tenant": (CONNECT, "GRANT CONNECT ON DATABASE {role} TO {other}"),
    "temporary tables": (CONNECT, "GRANT TEMPORARY ON DATABASE {role} TO {role}"),
    "may be handed on": (CONNECT, "GRANT CONNECT ON DATABASE {role} TO {role} WITH GRANT OPTION"),
    "closed to its own role": (CONNECT, "REVOKE CONNECT ON DATABASE {role} FROM {role}"),
    "closed to the backup": (CONNECT, "REVOKE CONNECT ON DATABASE {role} FROM amana_backup"),
}
BY_THE_OWNER = {
    "reads nothing": (GRANTS, "REVOKE SELECT ON contacts_contact FROM tenant_runtime"),
    "empties a table": (GRANTS, "GRANT TRUNCATE ON contacts_contact TO tenant_runtime"),
    "writes migrations": (GRANTS, "GRANT INSERT ON django_migrations TO tenant_runtime"),
    "everybody reads": (GRANTS, "GRANT SELECT ON accounts_user TO PUBLIC"),
    "writes its identity": (GRANTS, "GRANT INSERT, UPDATE ON amana.identity TO tenant_runtime"),
    "no identity": (IDENTITY, "DELETE FROM amana.identity"),
}
BEYOND_REPAIR = {
    "made in its schema": (
        CREATE,
        "GRANT CREATE ON SCHEMA public TO tenant_runtime",
        "REVOKE CREATE ON SCHEMA public FROM tenant_runtime",
    ),
    "large objects": (
        OBJECTS,
        "GRANT EXECUTE ON FUNCTION lo_create(oid) TO PUBLIC",
        "REVOKE EXECUTE ON FUNCTION lo_create(oid) FROM PUBLIC",
    ),
    "superuser": (ROLE, "ALTER ROLE {role} SUPERUSER", "ALTER ROLE {role} NOSUPERUSER"),
    "owner": (ROLE, "GRANT tenant_owner TO {role}", "REVOKE tenant_owner FROM {role}"),
    "a trigger more": (
        GRANTS,
        "CREATE TRIGGER t BEFORE DELETE ON contacts_contact EXECUTE FUNCTION suppress_redundant_updates_trigger()",
        "DROP TRIGGER t ON contacts_contact",
    ),
    "an event that its reader doesn't see": (
        GRANTS,
        "ALTER TABLE audit.event ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;"
        " CREATE POLICY hidden ON audit.event USING (id <> 1)",
        "DROP POLICY hidden ON audit.event;"
        " ALTER TABLE audit.event DISABLE ROW LEVEL SECURITY, NO FORCE ROW LEVEL SECURITY",
    ),
    "a foreign reader": (
        GRANTS,
        "GRANT SELECT ON contacts_contact TO {other}",
        "REVOKE ALL ON contacts_contact FROM {other}",
    ),
}


def outcomes(tenant: Tenant, *, repair: bool) -> dict[str, str]:
    return {finding.wall: finding.outcome for finding in check_tenant(tenant, repair)}


def drift(database: str, role: str, statement: str, tenants: tuple[Tenant, Tenant]) -> None:
    tenant, other = tenants
    with superuser(database) as connection:
        connection.execute(f"SET SESSION AUTHORIZATION {role}".encode())
        named = statement.format(role=tenant.schema_name, other=other.schema_name)
        connection.execute(named.encode())


def is_repaired(tenant: Tenant, wall: str) -> bool:
    """Seen and left, seen and put right, and then nothing more to see."""
    left = outcomes(tenant, repair=False)
    assert left[wall].startswith("not held")
    assert outcomes(tenant, repair=False) == left
    assert outcomes(tenant, repair=True)[wall] == "repaired"
    assert outcomes(tenant, repair=False) == UNTOUCHED
    return True


@pytest.fixture
def globex_too(new_tenant: Callable[[], Tenant]) -> Tenant:
    return new_tenant()


def test_a_new_tenant_holds_every_wall(two: tuple[Tenant, Tenant]) -> None:
    assert outcomes(two[0], repair=True) == UNTOUCHED


@pytest.mark.parametrize("what", BY_ITSELF)
def test_what_a_role_does_to_itself_is_undone(two: tuple[Tenant, Tenant], what: str) -> None:
    hooli, _ = two
    wall, statement = BY_ITSELF[what]
    found = database_settings(hooli.place)
    named = {"dbname": "NAME", "user": "USER", "password": "PASSWORD", "host": "HOST", "port": "PORT"}
    with psycopg.connect(**{key: found[name] for key, name in named.items()}) as connection:
        connection.execute(statement.format(role=hooli.schema_name).encode())

    assert is_repaired(hooli, wall)


@pytest.mark.sampled
@pytest.mark.parametrize("what", BY_THE_PROVISIONER)
def test_what_was_done_to_its_role_or_database_is_undone(two: tuple[Tenant, Tenant], what: str) -> None:
    wall, statement = BY_THE_PROVISIONER[what]
    drift("postgres", "amana_provisioner", statement, two)

    assert is_repaired(two[0], wall)


@pytest.mark.parametrize("what", BY_THE_OWNER)
def test_what_was_done_to_its_tables_is_undone(two: tuple[Tenant, Tenant], what: str) -> None:
    wall, statement = BY_THE_OWNER[what]
    drift(two[0].schema_name, "tenant_owner", statement, two)

    assert is_repaired(two[0], wall)


@pytest.mark.parametrize("what", BEYOND_REPAIR)
def test_what_a_person_must_undo_is_reported_as_long_as_it_stands(
    two: tuple[Tenant, Tenant], what: str
) -> None:
    hooli, globex_too = two
    wall, statement, undo = BEYOND_REPAIR[what]
    with superuser(hooli.schema_name) as connection:
        named = statement.format(role=hooli.schema_name, other=globex_too.schema_name)
        connection.execute(named.encode())

    assert outcomes(hooli, repair=True)[wall].startswith("not held")
    assert outcomes(hooli, repair=True)[wall].startswith("not held")

    with superuser(hooli.schema_name) as connection:
        named = undo.format(role=hooli.schema_name, other=globex_too.schema_name)
        connection.execute(named.encode())
    assert outcomes(hooli, repair=False) == UNTOUCHED


@contextmanager
def pointing_at(tenant: Tenant, database: str) -> Iterator[Tenant]:
    """The catalog's row of `tenant` names another's database, as after a wrong hand or a swapped backup."""
    right = tenant.schema_name

    def point(names: list[tuple[Tenant, str]]) -> None:
        with bound_to(CATALOG):
            for each, name in names:
                Tenant.objects.filter(pk=each.pk).update(schema_name=name)

    with bound_to(CATALOG):
        held_by = Tenant.objects.filter(schema_name=database).first()
    point([(held_by, f"t_{'z' * 16}")] if held_by else [])
    point([(tenant, database)])
    tenant.schema_name = database
    yield tenant
    tenant.schema_name = right
    point([(tenant, right), *([(held_by, database)] if held_by else [])])


def signed_for(database: str) -> Any:
    with superuser(database) as connection:
        return connection.execute("SELECT tenant, database, era, signature FROM amana.identity").fetchone()


def test_a_row_that_points_at_anothers_database_is_reported_and_never_signed(
    hooli: Tenant, globex_too: Tenant
) -> None:
    before = signed_for(globex_too.schema_name)

    with pointing_at(hooli, globex_too.schema_name):
        assert outcomes(hooli, repair=True)[IDENTITY] == "not held"
        assert outcomes(hooli, repair=True)[IDENTITY] == "not held"

    assert signed_for(globex_too.schema_name) == before
    assert outcomes(globex_too, repair=False)[IDENTITY] == "held"


def test_a_stale_database_is_reported_and_never_signed(hooli: Tenant) -> None:
    before = signed_for(hooli.schema_name)
    with bound_to(CATALOG):
        Tenant.objects.filter(pk=hooli.pk).update(era=2)
    hooli.era = 2

    assert outcomes(hooli, repair=True)[IDENTITY] == "not held"
    assert signed_for(hooli.schema_name) == before


def test_a_forged_signature_is_reported_and_not_made_good(hooli: Tenant) -> None:
    with owner_of(hooli.place) as connection:
        connection.execute("UPDATE amana.identity SET signature = decode(repeat('ab', 64), 'hex')")

    assert outcomes(hooli, repair=True)[IDENTITY] == "not held"


def test_a_database_without_the_table_of_identity_is_reported_and_the_rest_is_checked(
    hooli: Tenant,
) -> None:
    with owner_of(hooli.place) as connection:
        connection.execute("DROP TABLE amana.identity")

    found = outcomes(hooli, repair=False)

    assert found[IDENTITY] == "not held: The database shows no identity."
    assert [*found] == ALL


@pytest.mark.slow
def test_a_database_that_is_gone_is_reported_and_stops_nothing(hooli: Tenant, globex_too: Tenant) -> None:
    with superuser() as connection:
        connection.execute(f"DROP DATABASE {hooli.schema_name} WITH (FORCE)".encode())

    done = manage("check_isolation", "--json")

    assert done.code == 1
    findings = json.loads(done.output)
    mine = {each["wall"]: each["outcome"] for each in findings if each["subject"] == "hooli"}
    assert mine[IDENTITY].startswith("not held: ")
    assert {each["outcome"] for each in findings if each["subject"] == globex_too.slug} == {
        "held",
        "not visible",
    }


@pytest.fixture
def orphan() -> Iterator[str]:
    name = f"t_{uuid4().hex[:16]}"
    with superuser() as connection:
        connection.execute(f"CREATE ROLE {name}".encode())
        connection.execute(f"CREATE DATABASE {name} TEMPLATE template0".encode())
    yield name
    with superuser() as connection:
        connection.execute(f"DROP DATABASE {name}".encode())
        connection.execute(f"DROP ROLE {name}".encode())


def test_a_role_that_is_gone_is_made_again(hooli: Tenant) -> None:
    with superuser(hooli.schema_name) as connection:
        connection.execute(f"DROP OWNED BY {hooli.schema_name}".encode())
        connection.execute(f"DROP ROLE {hooli.schema_name}".encode())

    assert outcomes(hooli, repair=True)[ROLE] == "repaired"
    assert outcomes(hooli, repair=False) == UNTOUCHED


def test_orphans_are_reported_and_never_dropped(hooli: Tenant, orphan: str) -> None:
    done = manage("check_isolation")

    assert done.code == 1
    assert done.lines[-2:] == [
        f"{orphan}: database belongs to a tenant: not held",
        f"{orphan}: role belongs to a tenant: not held",
    ]
    assert done.error.startswith("CommandError: 2 of ")
    assert done.error.endswith(" walls are not held.\n")


def test_all_held_is_exit_code_0(hooli: Tenant) -> None:
    done = manage("check_isolation")

    assert (done.code, done.error) == (0, "")
    assert [line for line in done.lines if line.startswith("hooli: ")] == [
        f"hooli: {wall}: {outcome}" for wall, outcome in UNTOUCHED.items()
    ]
    assert done.lines[-1] == f"All {len(done.lines) - 1} walls are held."


@pytest.mark.slow
def test_json_is_a_list_of_findings_and_nothing_else(hooli: Tenant) -> None:
    done = manage("check_isolation", "--json")

    findings = json.loads(done.output)
    assert done.code == 0
    assert {"subject": "hooli", "wall": IDENTITY, "outcome": "held"} in findings
    assert {frozenset(each) for each in findings} == {frozenset({"subject", "wall", "outcome"})}


@pytest.mark.slow
def test_no_repair_reports_drift_and_leaves_it(hooli: Tenant) -> None:
    with superuser() as connection:
        connection.execute(f"ALTER ROLE {hooli.schema_name} CONNECTION LIMIT -1".encode())

    left = [manage("check_isolation", "--no-repair") for _ in range(2)]
    repaired = manage("check_isolation")

    assert [each.code for each in left] == [1, 1]
    assert f"hooli: {ROLE}: not held" in left[1].lines
    assert repaired.code == 0
    assert f"hooli: {ROLE}: repaired" in repaired.lines


def test_what_is_not_visible_counts_as_held() -> None:
    assert Finding("hooli", HBA, "not visible").held
    assert not Finding("hooli", HBA, "not held: because").held
