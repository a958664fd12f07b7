"""What somebody who holds a tenant's password, or has found an SQL injection, can't do with it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.walls.conftest import Server

REFUSED = "42501"  # insufficient_privilege
DISABLED = "55000"  # object_not_in_prerequisite_state
NOT_HERE = "0A000"  # feature_not_supported: one connection can't name another database

CREATING = {
    "table": "CREATE TABLE loot (id integer)",
    "table as": "CREATE TABLE loot AS SELECT * FROM contacts",
    "select into": "SELECT * INTO loot FROM contacts",
    "view": "CREATE VIEW loot AS SELECT 1",
    "sequence": "CREATE SEQUENCE loot",
    "type": "CREATE TYPE loot AS ENUM ('a')",
    "domain": "CREATE DOMAIN loot AS text",
    "schema": "CREATE SCHEMA loot",
    "table beside the identity": "CREATE TABLE amana.loot (id integer)",
    "temporary table": "CREATE TEMPORARY TABLE loot (id integer)",
    "temporary view": "CREATE TEMPORARY VIEW loot AS SELECT 1",
    "SQL function": "CREATE FUNCTION loot() RETURNS int LANGUAGE sql AS 'SELECT 1'",
    "plpgsql function": "CREATE FUNCTION loot() RETURNS int LANGUAGE plpgsql AS 'BEGIN RETURN 1; END'",
    "temporary function": "CREATE FUNCTION pg_temp.loot() RETURNS int LANGUAGE sql AS 'SELECT 1'",
    "procedure": "CREATE PROCEDURE loot() LANGUAGE sql AS 'SELECT 1'",
    "C function": "CREATE FUNCTION pg_temp.loot() RETURNS int LANGUAGE c AS 'libc.so.6', 'getpid'",
    "operator": "CREATE OPERATOR === (FUNCTION = int4eq, LEFTARG = int, RIGHTARG = int)",
    "block of plpgsql": "DO $$ BEGIN PERFORM 1; END $$",
    "trusted extension": "CREATE EXTENSION hstore",
    "extension that opens databases": "CREATE EXTENSION dblink",
    "extension that reads files": "CREATE EXTENSION file_fdw",
    "language": "CREATE LANGUAGE loot HANDLER plpgsql_call_handler",
    "role": "CREATE ROLE loot LOGIN SUPERUSER",
    "database": "CREATE DATABASE loot",
    "copy of a database": "CREATE DATABASE loot TEMPLATE {globex}",
    "tablespace": "CREATE TABLESPACE loot LOCATION '/tmp'",
    "publication": "CREATE PUBLICATION loot",
    "subscription": "CREATE SUBSCRIPTION loot CONNECTION 'dbname={globex}' PUBLICATION loot",
    "foreign data wrapper": "CREATE FOREIGN DATA WRAPPER loot",
    "event trigger": "CREATE EVENT TRIGGER loot ON ddl_command_start "
    "EXECUTE FUNCTION suppress_redundant_updates_trigger()",
    "trigger": "CREATE TRIGGER loot BEFORE UPDATE ON contacts FOR EACH ROW "
    "EXECUTE FUNCTION suppress_redundant_updates_trigger()",
    "rule": "CREATE RULE loot AS ON INSERT TO contacts DO INSTEAD NOTHING",
    "policy": "CREATE POLICY loot ON contacts USING (true)",
    "index": "CREATE INDEX loot ON contacts (name)",
    "foreign key": "ALTER TABLE contacts ADD FOREIGN KEY (id) REFERENCES auth_permission",
    "replication slot": "SELECT pg_create_physical_replication_slot('loot')",
    "record in the WAL": "SELECT pg_logical_emit_message(false, 'loot', 'x')",
}
LARGE_OBJECTS = {
    "lo_create": "SELECT lo_create(0)",
    "lo_creat": "SELECT lo_creat(-1)",
    "lo_from_bytea": "SELECT lo_from_bytea(0, 'x')",
    "lo_import": "SELECT lo_import('/etc/passwd')",
    "lo_import with an id": "SELECT lo_import('/etc/passwd', 4711)",
    "lo_export": "SELECT lo_export(4711, '/tmp/loot')",
    "lo_open": "SELECT lo_open(4711, 131072)",
    "lo_close": "SELECT lo_close(0)",
    "lo_get": "SELECT lo_get(4711)",
    "lo_get of a part": "SELECT lo_get(4711, 0, 1)",
    "lo_put": "SELECT lo_put(4711, 0, 'x')",
    "lo_lseek": "SELECT lo_lseek(0, 0, 0)",
    "lo_lseek64": "SELECT lo_lseek64(0, 0, 0)",
    "lo_tell": "SELECT lo_tell(0)",
    "lo_tell64": "SELECT lo_tell64(0)",
    "lo_truncate": "SELECT lo_truncate(0, 0)",
    "lo_truncate64": "SELECT lo_truncate64(0, 0)",
    "lo_unlink": "SELECT lo_unlink(4711)",
    "loread": "SELECT loread(0, 1)",
    "lowrite": "SELECT lowrite(0, 'x')",
    "psql's import": "\\lo_import /etc/hostname",
    "the table of contents": "SELECT * FROM pg_largeobject",
}
FILES_AND_PROGRAMS = {
    "COPY to a program": "COPY contacts TO PROGRAM 'cat'",
    "COPY from a program": "COPY contacts FROM PROGRAM 'id'",
    "COPY from a file": "COPY contacts FROM '/etc/passwd'",
    "COPY to a file": "COPY contacts TO '/tmp/loot'",
    "pg_read_file": "SELECT pg_read_file('PG_VERSION')",
    "pg_read_binary_file": "SELECT pg_read_binary_file('PG_VERSION')",
    "pg_stat_file": "SELECT pg_stat_file('PG_VERSION')",
    "pg_ls_dir": "SELECT pg_ls_dir('.')",
    "pg_ls_logdir": "SELECT pg_ls_logdir()",
    "pg_ls_waldir": "SELECT pg_ls_waldir()",
    "pg_current_logfile": "SELECT pg_current_logfile()",
    "pg_hba_file_rules": "SELECT * FROM pg_hba_file_rules",
    "LOAD": "LOAD '$libdir/dblink'",
}
BECOMING_SOMEBODY = {
    "runtime": "SET ROLE tenant_runtime",
    "owner": "SET ROLE tenant_owner",
    "another tenant": "SET ROLE {globex}",
    "provisioner": "SET ROLE amana_provisioner",
    "superuser": "SET ROLE {superuser}",
    "other tenant's session": "SET SESSION AUTHORIZATION {globex}",
    "superuser's session": "SET SESSION AUTHORIZATION {superuser}",
    "member of another tenant": "GRANT {globex} TO {acme}",
    "giving itself away": "GRANT {acme} TO {globex}",
    "member of the owner": "GRANT tenant_owner TO {acme}",
    "handing on its rights": "GRANT tenant_runtime TO {globex}",
    "reader of everything": "GRANT pg_read_all_data TO {acme}",
    "role by attribute": "ALTER ROLE {acme} CREATEROLE",
    "superuser by attribute": "ALTER ROLE {acme} SUPERUSER",
    "past row security": "ALTER ROLE {acme} BYPASSRLS",
    "with more connections": "ALTER ROLE {acme} CONNECTION LIMIT 1000",
    "another's name": "ALTER ROLE {globex} RENAME TO t_0000000000000000",
    "other tenant's password": "ALTER ROLE {globex} PASSWORD 'mine-from-now-on'",
    "catalog's password": "ALTER ROLE amana_catalog PASSWORD 'mine-from-now-on'",
    "runtime's settings": "ALTER ROLE tenant_runtime SET search_path = loot",
    "everybody's settings": "ALTER ROLE ALL SET search_path = loot",
    "password hashes": "SELECT rolpassword FROM pg_authid",
    "dropping another": "DROP ROLE {globex}",
    "dropping what others own": "DROP OWNED BY {globex}",
    "taking what others own": "REASSIGN OWNED BY tenant_owner TO {acme}",
}
MEDDLING = {
    "server settings": "ALTER SYSTEM SET log_statement = 'all'",
    "replica role": "SET session_replication_role = replica",
    "reload": "SELECT pg_reload_conf()",
    "checkpoint": "CHECKPOINT",
    "WAL switch": "SELECT pg_switch_wal()",
    "statistics": "SELECT pg_stat_reset()",
    "own database's settings": "ALTER DATABASE {acme} SET search_path = loot",
    "own database's name": "ALTER DATABASE {acme} RENAME TO loot",
    "own database's owner": "ALTER DATABASE {acme} OWNER TO {acme}",
    "dropping another database": "DROP DATABASE {globex}",
    "triggers": "ALTER TABLE contacts DISABLE TRIGGER ALL",
    "row security": "ALTER TABLE contacts DISABLE ROW LEVEL SECURITY",
    "a column": "ALTER TABLE contacts ADD COLUMN loot text",
    "a table's owner": "ALTER TABLE contacts OWNER TO {acme}",
    "a table": "DROP TABLE contacts",
    "all rows at once": "TRUNCATE contacts",
    "a comment": "COMMENT ON TABLE contacts IS 'loot'",
    "the schema": "DROP SCHEMA public CASCADE",
    "a sequence's value": "SELECT setval('contacts_id_seq', 1000)",
    "the system catalog": "UPDATE pg_class SET relacl = NULL",
    "default rights": "ALTER DEFAULT PRIVILEGES FOR ROLE tenant_owner GRANT ALL ON TABLES TO {acme}",
    "a new identity": "INSERT INTO amana.identity SELECT * FROM amana.identity",
    "the identity": "UPDATE amana.identity SET database = '{globex}'",
    "no identity": "DELETE FROM amana.identity",
    "the identity locked": "SELECT * FROM amana.identity FOR UPDATE",
    "migrations": "INSERT INTO django_migrations (name) VALUES ('9999_loot')",
    "fewer migrations": "DELETE FROM django_migrations",
    "content types": "INSERT INTO django_content_type (model) VALUES ('loot')",
    "permissions": "UPDATE auth_permission SET codename = 'loot'",
    "numbers of permissions": "SELECT nextval('auth_permission_id_seq')",
}
SIDEWAYS = {
    "a full name": ("SELECT * FROM {globex}.public.contacts", NOT_HERE),
    "dblink": ("SELECT * FROM dblink('dbname={globex}', 'SELECT 1') AS t (x int)", "42883"),
    "size of another": ("SELECT pg_database_size('{globex}')", REFUSED),
    "two-phase commit": ("BEGIN; SELECT 1; PREPARE TRANSACTION 'loot'", DISABLED),
    "a new name": ("ALTER ROLE {acme} RENAME TO t_0000000000000000", NOT_HERE),
    "settings of the server": ("SHOW hba_file", REFUSED),
}
ATTEMPTS = [
    pytest.param(sql, code, id=f"{kind}: {name}")
    for kind, attempts in {
        "create": CREATING,
        "large object": LARGE_OBJECTS,
        "file": FILES_AND_PROGRAMS,
        "become": BECOMING_SOMEBODY,
        "change": MEDDLING,
    }.items()
    for name, sql in attempts.items()
    for code in [REFUSED]
] + [pytest.param(sql, code, id=f"sideways: {name}") for name, (sql, code) in SIDEWAYS.items()]

EVERYTHING = """
SELECT 'role', rolname, rolsuper, rolcreaterole, rolbypassrls, rolconnlimit, rolpassword, rolvaliduntil
FROM pg_authid WHERE rolname !~ '^pg_' ORDER BY 2;
SELECT 'member', roleid::regrole, member::regrole, admin_option, inherit_option, set_option
FROM pg_auth_members ORDER BY 2, 3;
SELECT 'database', datname, datacl, datdba::regrole FROM pg_database ORDER BY 2;
SELECT 'setting', setdatabase, setrole::regrole, setconfig FROM pg_db_role_setting ORDER BY 2, 3;
SELECT 'class', oid::regclass, relowner::regrole, relacl, relhastriggers, relrowsecurity
FROM pg_class ORDER BY 2;
SELECT 'schema', nspname, nspacl FROM pg_namespace WHERE nspname !~ '^pg_t' ORDER BY 2;
SELECT 'function', count(*), md5(string_agg(proacl::text, ',' ORDER BY oid)) FROM pg_proc;
SELECT 'large object', count(*) FROM pg_largeobject_metadata;
SELECT 'contacts', contacts FROM contacts ORDER BY 2;
SELECT 'migrations', django_migrations FROM django_migrations ORDER BY 2;
SELECT 'types', django_content_type FROM django_content_type ORDER BY 2;
SELECT 'permissions', auth_permission FROM auth_permission ORDER BY 2;
SELECT 'identity', identity FROM amana.identity;
"""


@pytest.fixture(scope="module")
def untouched(server: Server, acme: str, globex: str) -> Iterator[None]:
    """After all attempts both databases are what they were."""
    before = [server.rows("superuser", name, EVERYTHING) for name in (acme, globex)]
    yield
    assert [server.rows("superuser", name, EVERYTHING) for name in (acme, globex)] == before


@pytest.mark.usefixtures("untouched")
@pytest.mark.parametrize(("sql", "code"), ATTEMPTS)
def test_an_attempt_is_refused(server: Server, acme: str, globex: str, sql: str, code: str) -> None:
    words = {"{acme}": acme, "{globex}": globex, "{superuser}": server.superuser}
    for word, name in words.items():
        sql = sql.replace(word, name)

    answer = server.run(acme, acme, sql + "\n;")

    assert answer.sqlstate == code
    assert answer.said.count("ERROR") == 1


def test_a_tenant_does_its_daily_work(server: Server, acme: str) -> None:
    """Or all the refusals above would prove nothing."""
    answer = server.rows(
        acme,
        acme,
        """
        BEGIN;
        INSERT INTO contacts (name) VALUES ('Bob') RETURNING name;
        UPDATE contacts SET name = 'Bobby' WHERE name = 'Bob' RETURNING name;
        DELETE FROM contacts WHERE name = 'Bobby' RETURNING name;
        SELECT database FROM amana.identity;
        SELECT name FROM django_migrations;
        ROLLBACK;
        SELECT name FROM contacts;
        """,
    )
    assert answer.split() == ["Bob", "Bobby", "Bobby", acme, "0001_initial", "Alice"]


def test_every_large_object_function_is_tried(server: Server, acme: str) -> None:
    """A new PostgreSQL may bring a new one: then it must be stripped and tried here."""
    names = server.rows(
        "superuser", acme, "SELECT DISTINCT proname FROM pg_proc WHERE proname ~ '^(lo_|loread|lowrite)'"
    )
    tried = {name.split()[0] for name in LARGE_OBJECTS}
    assert set(names.split()) - tried == set()


def test_no_right_on_the_tables_can_be_handed_on(server: Server, acme: str, globex: str) -> None:
    """PostgreSQL only warns here (01007), so look at what came of it."""
    rights = (
        "SELECT oid::regclass, relacl FROM pg_class WHERE relnamespace = 'public'::regnamespace ORDER BY 1"
    )
    before = server.rows("superuser", acme, rights)

    answer = server.run(acme, acme, f"GRANT SELECT ON contacts TO PUBLIC; GRANT ALL ON contacts TO {globex}")

    assert answer.said.split("\n") == ["WARNING:  01007", "WARNING:  01007"]
    assert server.rows("superuser", acme, rights) == before


def test_no_connect_can_be_handed_on(server: Server, acme: str, globex: str) -> None:
    rights = f"SELECT datacl FROM pg_database WHERE datname = '{acme}'"
    before = server.rows("superuser", acme, rights)

    answer = server.run(acme, acme, f"GRANT CONNECT ON DATABASE {acme} TO {globex}, PUBLIC")

    assert answer.said == "WARNING:  01007"
    assert server.rows("superuser", acme, rights) == before


@pytest.mark.parametrize("call", ["pg_terminate_backend", "pg_cancel_backend"])
@pytest.mark.parametrize("other", ["globex", "amana_catalog", "superuser"])
def test_no_other_connection_can_be_ended(
    server: Server, acme: str, globex: str, other: str, call: str
) -> None:
    role, database = {"globex": (globex, globex)}.get(other, (other, "catalog"))
    with server.busy(role, database) as pid:
        assert server.run(acme, acme, f"SELECT {call}({pid})").sqlstate == REFUSED
        assert server.is_alive(pid)


def test_what_others_run_is_hidden(server: Server, acme: str, globex: str) -> None:
    with server.busy(globex, globex) as pid:
        seen = server.rows(
            acme, acme, f"SELECT query, client_addr, state FROM pg_stat_activity WHERE pid = {pid}"
        )
    assert seen == "<insufficient privilege>||"


def test_another_tenants_password_opens_nothing_here(server: Server, acme: str, globex: str) -> None:
    """Not even with psql's own \\connect from an open session."""
    answer = server.run(acme, acme, f"\\connect {globex}\nSELECT name FROM contacts;")
    assert "pg_hba.conf rejects connection" in answer.said
    assert "Mallory" not in answer.rows


def test_the_connection_limit_holds(server: Server, acme: str) -> None:
    with server.busy(acme, acme), server.busy(acme, acme), server.busy(acme, acme) as last:
        assert server.is_alive(last)
        assert f'FATAL:  too many connections for role "{acme}"' in server.run(acme, acme, "SELECT 1").said
        assert server.rows("amana_backup", acme, "SELECT name FROM contacts") == "Alice"
    server.wait_for_end(last)
