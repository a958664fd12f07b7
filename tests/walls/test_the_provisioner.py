"""The provisioner makes and unmakes tenants without being a superuser, and gets no further."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.walls.conftest import Server

REFUSED = {
    "superuser": "CREATE ROLE loot SUPERUSER",
    "past row security": "CREATE ROLE loot BYPASSRLS",
    "replication": "CREATE ROLE loot REPLICATION",
    "itself superuser": "ALTER ROLE CURRENT_USER SUPERUSER",
    "programs": "GRANT pg_execute_server_program TO CURRENT_USER",
    "programs for another": "CREATE ROLE loot IN ROLE pg_execute_server_program",
    "files": "GRANT pg_read_server_files TO CURRENT_USER",
    "everybody's rows": "GRANT pg_read_all_data TO CURRENT_USER",
    "the key store": "GRANT amana_keys TO CURRENT_USER",
    "the key store's password": "ALTER ROLE amana_keys PASSWORD 'mine-from-now-on'",
    "the key store opened": "GRANT CONNECT ON DATABASE keystore TO CURRENT_USER",
    "the key store copied": "CREATE DATABASE loot TEMPLATE keystore",
    "the catalog copied": "CREATE DATABASE loot TEMPLATE catalog",
    "the backup role": "GRANT amana_backup TO CURRENT_USER",
    "the owner handed on": "GRANT tenant_owner TO amana_catalog",
    "drop the catalog": "DROP DATABASE catalog",
    "drop the base": "DROP DATABASE amana_base",
    "open the base": "ALTER DATABASE amana_base ALLOW_CONNECTIONS true",
    "drop a service role": "DROP ROLE amana_catalog",
    "end a superuser's connection": "SELECT pg_terminate_backend({superuser})",
    "program": "COPY (SELECT 1) TO PROGRAM 'cat'",
    "large object": "SELECT lo_create(0)",
}


@pytest.mark.parametrize("sql", [pytest.param(sql, id=name) for name, sql in REFUSED.items()])
def test_it_gets_no_further(server: Server, sql: str) -> None:
    with server.busy("superuser", "postgres") as pid:
        answer = server.run("amana_provisioner", "postgres", sql.replace("{superuser}", pid))
    assert answer.sqlstate == "42501"


def test_it_holds_no_right_of_an_owner_before_set_role(server: Server, acme: str) -> None:
    tries = [
        "TABLE public.contacts",
        "DROP TABLE public.contacts",
        "CREATE TABLE public.loot ()",
        "TABLE amana.identity",
    ]
    answers = [server.run("amana_provisioner", acme, attempt).sqlstate for attempt in tries]
    assert answers == ["42501"] * 4


def test_it_migrates_as_the_owner_and_the_tenant_may_use_the_new_table(server: Server, acme: str) -> None:
    """Default privileges are cloned from amana_base."""
    server.rows("amana_provisioner", acme, "SET ROLE tenant_owner; CREATE TABLE notes (id serial, text text)")

    server.rows(acme, acme, "INSERT INTO notes (text) VALUES ('hello')")

    assert server.run(acme, acme, "TRUNCATE notes").sqlstate == "42501"
    server.rows("amana_provisioner", acme, "SET ROLE tenant_owner; DROP TABLE notes")


def test_a_function_made_by_an_owner_is_nobodys_until_granted(server: Server, acme: str) -> None:
    make = (
        "SET ROLE tenant_owner; CREATE FUNCTION one() RETURNS int LANGUAGE plpgsql AS 'BEGIN RETURN 1; END'"
    )
    server.rows("amana_provisioner", acme, make)

    assert server.run(acme, acme, "SELECT one()").sqlstate == "42501"

    server.rows("amana_provisioner", acme, "SET ROLE tenant_owner; DROP FUNCTION one()")


def test_the_owner_of_tables_makes_no_schema(server: Server, acme: str) -> None:
    assert (
        server.run("amana_provisioner", acme, "SET ROLE tenant_owner; CREATE SCHEMA loot").sqlstate == "42501"
    )


def test_it_makes_a_schema_for_each_owner(server: Server, acme: str) -> None:
    answer = server.rows(
        "amana_provisioner",
        acme,
        """BEGIN; CREATE SCHEMA audit AUTHORIZATION audit_owner; SET ROLE audit_owner;
           CREATE TABLE audit.event ();
           SELECT tableowner FROM pg_tables WHERE schemaname = 'audit'; ROLLBACK""",
    )
    assert answer == "audit_owner"


def test_it_changes_a_tenants_role(server: Server, acme: str) -> None:
    server.rows(
        "amana_provisioner",
        "postgres",
        f"""ALTER ROLE {acme} CONNECTION LIMIT 7; ALTER ROLE {acme} CONNECTION LIMIT 3;
            ALTER ROLE {acme} RESET ALL; ALTER ROLE {acme} SET statement_timeout = '30s';
            ALTER ROLE {acme} NOLOGIN""",
    )
    assert "pg_hba" not in (said := server.run(acme, acme, "SELECT 1").said)
    assert f'role "{acme}" is not permitted to log in' in said
    server.rows("amana_provisioner", "postgres", f"ALTER ROLE {acme} LOGIN")
    assert server.rows(acme, acme, "SHOW statement_timeout") == "30s"


def test_it_ends_every_connection_to_a_tenant_it_closes(server: Server, globex: str) -> None:
    """Its own role's, the backup's and the sealer's."""
    with (
        server.busy(globex, globex) as own,
        server.busy("amana_backup", globex) as backup,
        server.busy("amana_sealer", globex) as sealer,
    ):
        pids = f"{own}, {backup}, {sealer}"
        end = f"SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE pid IN ({pids})"
        assert server.rows("amana_provisioner", "postgres", end) == "3"
        for pid in (own, backup, sealer):
            server.wait_for_end(pid)


def test_it_drops_a_database_with_people_in_it(server: Server, template: str) -> None:
    copy = f"t_{secrets.token_hex(8)}"
    server.rows(
        "amana_provisioner", "postgres", f"CREATE DATABASE {copy} TEMPLATE {template} STRATEGY WAL_LOG"
    )
    with server.busy("amana_backup", copy) as pid:
        server.rows("amana_provisioner", "postgres", f"DROP DATABASE {copy} WITH (FORCE)")
        server.wait_for_end(pid)
