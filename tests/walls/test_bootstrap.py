"""bootstrap.sql: a second run changes nothing, drift is repaired, a wrong place is refused."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.walls.conftest import Answer, Server

FILE = Path(__file__).resolve().parents[2] / "tenants" / "sql" / "bootstrap.sql"
PASSWORDS = {
    "catalog_password": "amana_catalog",
    "keys_password": "amana_keys",
    "backup_password": "amana_backup",
    "sealer_password": "amana_sealer",
    "drill_password": "amana_drill",
    "provisioner_password": "amana_provisioner",
}
SHARED = """
SELECT rolname, rolsuper, rolinherit, rolcreaterole, rolcreatedb, rolcanlogin, rolreplication, rolbypassrls,
       rolconnlimit, rolconfig, rolvaliduntil FROM pg_roles ORDER BY 1;
SELECT roleid::regrole, member::regrole, grantor::regrole, admin_option, inherit_option, set_option
FROM pg_auth_members ORDER BY 1, 2, 3;
SELECT datname, datdba::regrole, ARRAY(SELECT acl::text FROM unnest(datacl) AS acl ORDER BY 1), datistemplate,
       datallowconn FROM pg_database ORDER BY 1;
SELECT setdatabase, setrole::regrole, setconfig FROM pg_db_role_setting ORDER BY 1, 2;
"""
INSIDE = """
SELECT nspname, nspowner::regrole, nspacl FROM pg_namespace WHERE nspname !~ '^pg_t' ORDER BY 1;
SELECT md5(string_agg(oid::regprocedure || coalesce(proacl::text, ''), ',' ORDER BY oid)) FROM pg_proc;
SELECT lanname, lanacl FROM pg_language ORDER BY 1;
SELECT defaclrole::regrole, defaclobjtype, defaclnamespace::regnamespace, defaclacl
FROM pg_default_acl ORDER BY 1, 2, 3;
"""


def run_bootstrap(
    server: Server,
    *,
    role: str = "superuser",
    database: str = "postgres",
    old: str = "",
    new: str = "",
    **said: str,
) -> Answer:
    passwords = {name: server.password(role) for name, role in PASSWORDS.items()} | said
    sets = "".join(f"\\set {name} '{password}'\n" for name, password in passwords.items())
    return server.run(role, database, sets + FILE.read_text().replace(old or new, new), verbosity="default")


def state(server: Server) -> list[str]:
    databases = ["catalog", "keystore", "scratch", "postgres", "template1"]
    return [
        server.rows("superuser", "postgres", SHARED),
        *(server.rows("superuser", name, INSIDE) for name in databases),
    ]


@pytest.fixture
def repaired(server: Server) -> Iterator[None]:
    yield
    assert run_bootstrap(server).said == ""


def test_a_second_run_changes_nothing(server: Server, acme: str) -> None:
    before = state(server)
    assert run_bootstrap(server).said == ""
    assert state(server) == before
    assert server.rows(acme, acme, "SELECT name FROM contacts") == "Alice"


DRIFT = {
    "memberships": (
        "postgres",
        """GRANT amana_keys, pg_read_all_data TO amana_provisioner;
           GRANT tenant_owner TO amana_provisioner WITH INHERIT TRUE, ADMIN TRUE;
           GRANT tenant_owner TO amana_catalog; REVOKE pg_read_all_data FROM amana_backup""",
    ),
    "roles": (
        "postgres",
        """ALTER ROLE amana_sealer SUPERUSER CREATEROLE REPLICATION BYPASSRLS NOLOGIN CONNECTION LIMIT 0;
           ALTER ROLE tenant_owner LOGIN; ALTER ROLE tenant_runtime VALID UNTIL '2000-01-01';
           ALTER ROLE amana_catalog SET search_path = loot;
           ALTER ROLE amana_catalog IN DATABASE catalog SET search_path = loot""",
    ),
    "databases": (
        "postgres",
        """GRANT ALL ON DATABASE keystore TO amana_catalog WITH GRANT OPTION;
           GRANT CONNECT, TEMPORARY ON DATABASE catalog, template1, scratch TO PUBLIC;
           REVOKE CONNECT ON DATABASE catalog FROM amana_catalog;
           ALTER DATABASE keystore OWNER TO amana_provisioner;
           ALTER DATABASE catalog IS_TEMPLATE true;
           ALTER DATABASE amana_base ALLOW_CONNECTIONS true""",
    ),
    "the catalog": (
        "catalog",
        """GRANT EXECUTE ON FUNCTION lo_create(oid), lowrite(int, bytea) TO PUBLIC, amana_catalog;
           GRANT USAGE ON LANGUAGE plpgsql TO PUBLIC; GRANT CREATE ON SCHEMA public TO PUBLIC;
           ALTER SCHEMA public OWNER TO pg_database_owner""",
    ),
}


@pytest.mark.parametrize(("database", "drift"), DRIFT.values(), ids=DRIFT)
@pytest.mark.usefixtures("repaired")
def test_drift_is_repaired(server: Server, database: str, drift: str) -> None:
    before = state(server)
    server.rows("superuser", database, drift)
    assert state(server) != before

    assert run_bootstrap(server).said == ""

    assert state(server) == before


@pytest.mark.usefixtures("repaired")
def test_a_stolen_password_is_replaced(server: Server) -> None:
    server.rows("amana_catalog", "catalog", "ALTER ROLE CURRENT_USER PASSWORD 'mine-from-now-on'")
    assert "password authentication failed" in server.run("amana_catalog", "catalog", "SELECT 1").said
    assert run_bootstrap(server).said == ""
    assert server.rows("amana_catalog", "catalog", "SELECT current_user") == "amana_catalog"


def test_an_old_server_is_refused(server: Server) -> None:
    answer = run_bootstrap(server, old="160000", new="990000")
    assert "refused: Amana needs PostgreSQL 16 or newer, this is 1" in answer.said


def test_who_is_no_superuser_is_refused(server: Server) -> None:
    answer = run_bootstrap(server, role="amana_provisioner")
    assert "refused: bootstrap.sql must be run by a superuser, amana_provisioner is none" in answer.said


def test_another_database_is_refused(server: Server) -> None:
    assert (
        "must be run on the database postgres, this is catalog"
        in run_bootstrap(server, database="catalog").said
    )


def test_a_short_password_is_refused_before_anything_changes(server: Server) -> None:
    answer = run_bootstrap(server, catalog_password="short")
    assert "refused: each of the six passwords needs 16 characters or more" in answer.said
    assert server.rows("amana_catalog", "catalog", "SELECT 1") == "1"
