"""What somebody who holds a runtime role's password, or has found an SQL injection, can't do to the log.

At a tenant he can forge who acted, in this tenant: he is the application. He can't write a row without an event, can't
alter or remove one, can't make one up that looks like a change of a row, and sees no more than `read()` tells.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, LiteralString

import psycopg
import pytest
from psycopg import Connection, sql
from pytest_django import DjangoDbBlocker

from audit.context import acting
from tenants.binding import CATALOG
from tenants.isolation import check_tenant
from tenants.models import Tenant
from tenants.places import Place, database_settings
from tenants.provisioner import provisioner
from tests.support import fleet

DENIED = "42501"  # insufficient_privilege
NO_NAME = "42P01"  # undefined_table
NO_FUNCTION = "42883"
NOT_AN_OBJECT = "0A000"  # feature_not_supported
NOBODY, STALE, NO_EVENT = "AM001", "AM002", "AM003"
STAMP = "extract(epoch FROM now())"


@dataclass(frozen=True)
class Door:
    """A database, its runtime role as psycopg connects it, and the table that is attacked."""

    place: Place
    owner: str
    name: str

    def open(self, **more: Any) -> Connection[Any]:
        found = database_settings(self.place)
        keys = {"dbname": "NAME", "user": "USER", "password": "PASSWORD", "host": "HOST", "port": "PORT"}
        named = {key: found[setting] for key, setting in keys.items() if found[setting]}
        return psycopg.connect(**{**named, "autocommit": True, **more})


@pytest.fixture(scope="module")
def mallory_s(databases: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Tenant]:
    with django_db_blocker.unblock(), acting("test"):
        tenant = fleet.provision()
        yield tenant
        fleet.close(tenant)


@pytest.fixture(scope="module", params=["a tenant's", "the catalog's"])
def door(request: pytest.FixtureRequest, mallory_s: Tenant) -> Iterator[Door]:
    place = mallory_s.place if request.param == "a tenant's" else CATALOG
    owner = "tenant_owner" if request.param == "a tenant's" else "catalog_owner"
    door = Door(place, owner, place.database)
    yield door
    with door.open() as connection, connection.transaction():
        connection.execute(named("test"))
        connection.execute("DELETE FROM auth_group WHERE name NOT LIKE 'built-in:%'")


@contextmanager
def as_log_owner(place: Place) -> Iterator[Connection[Any]]:
    with provisioner(place.database, place) as connection:
        connection.execute("SET ROLE audit_owner")
        yield connection


EVERYTHING = (
    "SELECT event FROM audit.event ORDER BY id",
    "SELECT tgrelid::regclass, tgname, tgenabled, pg_get_triggerdef(oid) FROM pg_trigger ORDER BY oid",
    "SELECT oid, proname, pronamespace, proowner, proacl, proconfig, prosecdef, md5(prosrc) FROM pg_proc ORDER BY 1",
    "SELECT oid, relname, relowner, relacl, relhasrules, relhastriggers FROM pg_class ORDER BY 1",
    "SELECT nspname, nspowner, nspacl FROM pg_namespace WHERE nspname !~ '^pg_(toast_)?temp' ORDER BY 1",
)


def everything(place: Place) -> list[Any]:
    """Hashes of every event, of all that makes the log (triggers, functions, rights), and of the attacked table."""
    with as_log_owner(place) as connection:
        found: list[Any] = [_hash(connection, query) for query in EVERYTHING]
        connection.execute("SET ROLE catalog_owner" if place.is_catalog else "SET ROLE tenant_owner")
        return [*found, _hash(connection, "SELECT auth_group FROM auth_group ORDER BY id")]


def _hash(connection: Connection[Any], query: LiteralString) -> Any:
    hashed = sql.SQL("SELECT count(*), md5(string_agg(md5(things::text), '')) FROM ({}) AS things")
    return connection.execute(hashed.format(sql.SQL(query))).fetchone()


def named(actor: str = "user:mallory", at: str = STAMP, **more: str) -> str:
    """The statement by which he says who he is, as our code would."""
    rest = "".join(f', "{key}": "{value}"' for key, value in more.items())
    return (
        f'SELECT set_config(\'amana.ctx\', \'{{"actor": "{actor}", "at": "\' || {at} || \'"{rest}}}\', true)'
    )


def context(text: str) -> str:
    """The context spelt by hand; {at} in it is this transaction's stamp."""
    return f"SELECT set_config('amana.ctx', replace($json${text}$json$, '{{at}}', {STAMP}::text), true)"


INSERT = "INSERT INTO auth_group (name) VALUES ('loot')"
RECORD = "SELECT activity_api.record('app.looted', 'done')"
READING = {
    "events": "SELECT * FROM audit.event",
    "one column": "SELECT id FROM audit.event",
    "their number": "SELECT count(*) FROM audit.event",
    "none of their columns": "SELECT 1 FROM audit.event",
    "events without the schema": ("SET search_path = audit; SELECT * FROM event", NO_NAME),
    "the default partition": "SELECT * FROM audit.event_default",
    "TABLE": "TABLE audit.event",
    "COPY TO": "COPY audit.event TO STDOUT",
    "COPY of a query": "COPY (SELECT * FROM audit.event) TO STDOUT",
    "a cursor": "BEGIN; DECLARE c CURSOR FOR SELECT * FROM audit.event",
    "a prepared statement": "PREPARE p AS SELECT * FROM audit.event",
    "EXPLAIN": "EXPLAIN SELECT * FROM audit.event",
    "a sample": "SELECT * FROM audit.event TABLESAMPLE system (100)",
    "row locks": "SELECT * FROM audit.event FOR UPDATE",
    "the sequence": "SELECT last_value FROM audit.event_id",
    "the sequence by function": "SELECT pg_get_sequence_data('audit.event_id'::regclass)",
    "query_to_xml": "SELECT query_to_xml('SELECT * FROM audit.event', true, true, '')",
    "table_to_xml": "SELECT table_to_xml('audit.event', true, true, '')",
    "schema_to_xml": "SELECT schema_to_xml('audit', true, true, '')",
    "ts_stat": "SELECT ts_stat('SELECT actor::tsvector FROM audit.event')",
    "its pages": ("SELECT get_raw_page('audit.event_default', 0)", NO_FUNCTION),
    "its size": "SELECT pg_relation_size('audit.event_default')",
    "its comments": "COMMENT ON TABLE audit.event IS 'x'",
    "the histogram": "SELECT * FROM pg_statistic",
    "a row type": "SELECT NULL::audit.event",
    "its columns by a join": "SELECT * FROM auth_group JOIN audit.event ON true",
    "a subquery in a write": "UPDATE auth_group SET name = (SELECT actor FROM audit.event LIMIT 1)",
    "a MERGE source": "MERGE INTO auth_group USING audit.event AS e ON false WHEN MATCHED THEN DELETE",
}
WRITING = {
    "an update": "UPDATE audit.event SET actor = 'user:alice'",
    "an update of a partition": "UPDATE audit.event_default SET actor = 'user:alice'",
    "a delete": "DELETE FROM audit.event",
    "a delete in a WITH": "WITH gone AS (DELETE FROM audit.event RETURNING *) SELECT * FROM gone",
    "TRUNCATE": "TRUNCATE audit.event",
    "TRUNCATE of a partition": "TRUNCATE audit.event_default",
    "an insert": "INSERT INTO audit.event (action, actor) VALUES ('insert', 'user:alice')",
    "an insert into a partition": "INSERT INTO audit.event_default (action, actor) VALUES ('insert', 'x')",
    "COPY FROM": "COPY audit.event FROM STDIN",
    "MERGE": "MERGE INTO audit.event USING (SELECT 1) AS x ON true WHEN MATCHED THEN DELETE",
    "nextval": "SELECT nextval('audit.event_id')",
    "setval": "SELECT setval('audit.event_id', 1)",
    "nextval by number": "SELECT nextval(oid::regclass) FROM pg_class WHERE relname = 'event_id'",
    "setval by number": "SELECT setval(oid::regclass, 1) FROM pg_class WHERE relname = 'event_id'",
    "currval": "SELECT currval('audit.event_id')",
    "a restarted sequence": "ALTER SEQUENCE audit.event_id RESTART",
    "a detached partition": "ALTER TABLE audit.event DETACH PARTITION audit.event_default",
    "a dropped partition": "DROP TABLE audit.event_default",
    "a dropped log": "DROP TABLE audit.event CASCADE",
    "a dropped schema": "DROP SCHEMA audit CASCADE",
    "a renamed schema": "ALTER SCHEMA audit RENAME TO old",
    "a lock on the log": "BEGIN; LOCK TABLE audit.event IN ACCESS EXCLUSIVE MODE",
    "a lock on a partition": "BEGIN; LOCK TABLE audit.event_default IN SHARE MODE",
    "a partition of his own": "CREATE TABLE loot PARTITION OF audit.event "
    "FOR VALUES FROM ('2000-01-01') TO ('2000-02-01')",
    "a trigger on the log": "CREATE TRIGGER loot BEFORE INSERT ON audit.event FOR EACH ROW "
    "EXECUTE FUNCTION suppress_redundant_updates_trigger()",
    "a rule on the log": "CREATE RULE loot AS ON INSERT TO audit.event DO INSTEAD NOTHING",
    "a default on the log": "ALTER TABLE audit.event ALTER actor SET DEFAULT 'user:alice'",
    "row security on the log": "ALTER TABLE audit.event ENABLE ROW LEVEL SECURITY",
    "an index on the log": "CREATE UNIQUE INDEX loot ON audit.event (at, actor)",
    "VACUUM FULL": ("VACUUM FULL audit.event", DENIED),
    "REINDEX": "REINDEX TABLE audit.event",
    "CLUSTER": "CLUSTER audit.event",
    "statistics on it": "CREATE STATISTICS loot ON actor, action FROM audit.event",
}
TRIGGERS = {
    "a disabled trigger": "ALTER TABLE auth_group DISABLE TRIGGER logged_insert",
    "all disabled": "ALTER TABLE auth_group DISABLE TRIGGER ALL",
    "a trigger that a replica skips": "ALTER TABLE auth_group ENABLE TRIGGER logged_insert",
    "a dropped trigger": "DROP TRIGGER logged_insert ON auth_group",
    "a renamed trigger": "ALTER TRIGGER logged_insert ON auth_group RENAME TO z",
    "a trigger replaced": "CREATE OR REPLACE TRIGGER logged_insert AFTER INSERT ON auth_group FOR EACH ROW "
    "WHEN (false) EXECUTE FUNCTION audit.auth_group()",
    "a trigger before ours": "CREATE TRIGGER aaa BEFORE INSERT ON auth_group FOR EACH ROW "
    "EXECUTE FUNCTION suppress_redundant_updates_trigger()",
    "a rule instead": "CREATE RULE loot AS ON INSERT TO auth_group DO INSTEAD NOTHING",
    "a disabled rule": "ALTER TABLE auth_group DISABLE RULE loot",
    "an event trigger": "CREATE EVENT TRIGGER loot ON ddl_command_end "
    "EXECUTE FUNCTION suppress_redundant_updates_trigger()",
    "the trigger function elsewhere": "CREATE TRIGGER loot AFTER INSERT ON auth_permission FOR EACH ROW "
    "EXECUTE FUNCTION audit.auth_group()",
    "the trigger function on a temporary table": "CREATE TEMP TABLE t (id int)",
    "a constraint trigger": "CREATE CONSTRAINT TRIGGER loot AFTER INSERT ON auth_group DEFERRABLE FOR EACH ROW "
    "EXECUTE FUNCTION audit.auth_group()",
    "session_replication_role by SET": "SET session_replication_role = replica",
    "session_replication_role by SET LOCAL": "BEGIN; SET LOCAL session_replication_role = replica",
    "session_replication_role by set_config": "SELECT set_config('session_replication_role', 'replica', false)",
    "session_replication_role of his role": "ALTER ROLE CURRENT_USER SET session_replication_role = replica",
    "session_replication_role of the database": "ALTER DATABASE {database} SET session_replication_role = replica",
    "session_replication_role by pg_settings": "UPDATE pg_settings SET setting = 'replica' "
    "WHERE name = 'session_replication_role'",
    "the trigger's row in the system's tables": "DELETE FROM pg_trigger",
    "the table without triggers": "UPDATE pg_class SET relhastriggers = false",
    "allow_system_table_mods": "SET allow_system_table_mods = on",
    "ignore_system_indexes": ("SET ignore_system_indexes = on", "55P02"),
    "event_triggers": "SET event_triggers = off",
    "an unlogged table": "ALTER TABLE auth_group SET UNLOGGED",
    "a table of the same name before it": "CREATE SCHEMA loot CREATE TABLE auth_group (name text)",
}
FUNCTIONS = {
    "record() replaced": "CREATE OR REPLACE FUNCTION activity_api.record(text, text, text, text, jsonb) "
    "RETURNS bigint LANGUAGE sql AS 'SELECT 1'",
    "a trigger function replaced": "CREATE OR REPLACE FUNCTION audit.auth_group() RETURNS trigger "
    "LANGUAGE internal AS 'suppress_redundant_updates_trigger'",
    "record() dropped": "DROP FUNCTION activity_api.record",
    "read() without its rights": "ALTER FUNCTION activity_api.read SECURITY INVOKER",
    "read() with his search_path": "ALTER FUNCTION activity_api.read SET search_path = public",
    "record() renamed": "ALTER FUNCTION activity_api.record RENAME TO old",
    "record() owned": "ALTER FUNCTION activity_api.record OWNER TO CURRENT_USER",
    "record() moved": "ALTER FUNCTION activity_api.record SET SCHEMA public",
    "read() for everybody": ("GRANT EXECUTE ON FUNCTION activity_api.read TO PUBLIC", None),
    "a trigger function called": "SELECT audit.auth_group()",
    "audit.context() called": "SELECT audit.context(now())",
    "a trigger function cast": "SELECT 'audit.auth_group()'::regprocedure",
    "an overload of record()": "CREATE FUNCTION activity_api.record(text) RETURNS int LANGUAGE sql AS 'SELECT 1'",
    "a function in public": "CREATE FUNCTION public.now() RETURNS timestamptz LANGUAGE sql AS 'SELECT NULL'",
    "a function in pg_temp": "CREATE FUNCTION pg_temp.extract(text, timestamptz) RETURNS int "
    "LANGUAGE sql AS 'SELECT 1'",
    "an operator": "CREATE OPERATOR public.= (FUNCTION = texteq, LEFTARG = text, RIGHTARG = text)",
    "a cast": "CREATE CAST (text AS inet) WITH INOUT AS IMPLICIT",
    "a type": "CREATE DOMAIN public.jsonb AS text",
    "a temporary table called event": "CREATE TEMP TABLE event (id int)",
    "a temporary view": "CREATE TEMP VIEW event AS SELECT 1",
    "a temporary sequence": "CREATE TEMP SEQUENCE event_id",
    "a schema of his own": "CREATE SCHEMA loot",
    "a DO block": "DO $$ BEGIN INSERT INTO auth_group (name) VALUES ('loot'); "
    "EXCEPTION WHEN OTHERS THEN NULL; END $$",
    "a procedure": "CREATE PROCEDURE public.loot() LANGUAGE sql AS 'SELECT 1'",
    "a view with his rights": "CREATE VIEW public.loot AS SELECT * FROM activity_api.read()",
}
BECOMING = {
    "audit_owner": "SET ROLE audit_owner",
    "the tables' owner": "SET ROLE {owner}",
    "the sealer": "SET ROLE amana_sealer",
    "the provisioner": "SET ROLE amana_provisioner",
    "the backup": "SET ROLE amana_backup",
    "SET LOCAL": "BEGIN; SET LOCAL ROLE audit_owner",
    "by set_config": "SELECT set_config('role', 'audit_owner', false)",
    "SET SESSION AUTHORIZATION": "SET SESSION AUTHORIZATION audit_owner",
    "by set_config of the session": "SELECT set_config('session_authorization', 'audit_owner', false)",
    "member of audit_owner": "GRANT audit_owner TO CURRENT_USER",
    "heir of audit_owner": "REASSIGN OWNED BY audit_owner TO CURRENT_USER",
    "dropping what audit_owner owns": "DROP OWNED BY audit_owner",
    "default rights of audit_owner": "ALTER DEFAULT PRIVILEGES FOR ROLE audit_owner GRANT ALL ON TABLES TO PUBLIC",
    "a context of his role": "ALTER ROLE CURRENT_USER SET amana.ctx = '{}'",
    "audit_owner's settings": "ALTER ROLE audit_owner SET search_path = loot",
    "audit_owner's password": "ALTER ROLE audit_owner LOGIN PASSWORD 'mine-from-now-on'",
    "the right to read": "GRANT SELECT ON audit.event TO CURRENT_USER",
    "the right to the schema": ("GRANT USAGE ON SCHEMA audit TO CURRENT_USER", DENIED),
    "pg_read_all_data": "GRANT pg_read_all_data TO CURRENT_USER",
    "a label": ("SECURITY LABEL ON TABLE audit.event IS 'x'", "22023"),
    "a comment": "COMMENT ON FUNCTION activity_api.read IS 'x'",
    "a comment on the schema": "COMMENT ON SCHEMA audit IS 'x'",
}
LEAVING = {
    "a file written": "COPY auth_group TO '/tmp/loot'",
    "a program": "COPY auth_group TO PROGRAM 'id'",
    "a file read": "SELECT pg_read_file('PG_VERSION')",
    "dblink": ("SELECT * FROM dblink('dbname=x', 'SELECT 1') AS t (x int)", NO_FUNCTION),
    "an extension": "CREATE EXTENSION dblink",
    "postgres_fdw": "CREATE EXTENSION postgres_fdw",
    "a large object": "SELECT lo_from_bytea(0, 'loot')",
    "a large object opened": "SELECT lo_creat(-1)",
    "WAL": "SELECT pg_logical_emit_message(true, 'loot', 'x')",
    "a replication slot": "SELECT pg_create_logical_replication_slot('loot', 'test_decoding')",
    "a publication of the log": "CREATE PUBLICATION loot FOR TABLE audit.event",
    "LOAD": "LOAD 'auto_explain'",
    "two-phase commit": ("BEGIN; {named}; " + INSERT + "; PREPARE TRANSACTION 'loot'", "55000"),
    "the statistics reset": "SELECT pg_stat_reset()",
    "the server's log": "SELECT pg_current_logfile()",
    "the settings reloaded": "SELECT pg_reload_conf()",
}
AT_RECORD = {
    "an insert": ("SELECT activity_api.record('insert', 'done', 'auth_group', '1')", NO_EVENT),
    "an update": ("SELECT activity_api.record('update', 'done', 'auth_group', '1')", NO_EVENT),
    "an upper-case one": ("SELECT activity_api.record('App.x', 'done')", NO_EVENT),
    "one of two lines": ("SELECT activity_api.record(E'app.x\\ninsert', 'done')", NO_EVENT),
    "one that ends with a line": ("SELECT activity_api.record(E'app.x\\n', 'done')", NO_EVENT),
    "one of three words": ("SELECT activity_api.record('a.b.c', 'done')", NO_EVENT),
    "an empty action": ("SELECT activity_api.record('', 'done')", NO_EVENT),
    "no action": ("SELECT activity_api.record(NULL, 'done')", "23502"),
    "a homoglyph": ("SELECT activity_api.record('аpp.х', 'done')", NO_EVENT),
    "no outcome": ("SELECT activity_api.record('app.x', NULL)", NO_EVENT),
    "an odd outcome": ("SELECT activity_api.record('app.x', 'perhaps')", NO_EVENT),
    "an actor of its own": (
        "SELECT activity_api.record('app.x', 'done', actor => 'user:alice')",
        NO_FUNCTION,
    ),
    "SQL as an action": (
        r"SELECT activity_api.record($$x'); DELETE FROM audit.event; --$$, 'done')",
        NO_EVENT,
    ),
    "endless details": (
        "SELECT activity_api.record('app.x', 'done', NULL, NULL, (repeat('[', 99999) || repeat(']', 99999))::jsonb)",
        "54001",
    ),
    "an endless object id": (
        "SELECT activity_api.record('app.x', 'done', 's', (SELECT string_agg(md5(n::text), '') "
        "FROM generate_series(1, 1000) AS n))",
        "54000",
    ),
}
AT_READ = {
    "SQL in an argument": "SELECT * FROM activity_api.read(by_actor => $$' OR true; DELETE FROM audit.event; --$$)",
    "a negative number": "SELECT * FROM activity_api.read(-1)",
    "no number": "SELECT * FROM activity_api.read(0)",
    "of no such record": "SELECT * FROM activity_api.read(of_object => 'nowhere')",
}
CONTEXTS: dict[str, tuple[str, str]] = {
    "none": ("SELECT 1", NOBODY),
    "empty": ("SELECT set_config('amana.ctx', '', true)", NOBODY),
    "a moment too old": (named(at="(extract(epoch FROM now()) - 0.000001)"), STALE),
    "the statement's time": (named(at="extract(epoch FROM clock_timestamp())"), STALE),
    "no stamp": (context('{"actor": "user:x"}'), STALE),
    "a null stamp": (context('{"actor": "user:x", "at": null}'), STALE),
    "a stamp that is a list": (context('{"actor": "user:x", "at": ["{at}"]}'), STALE),
    "a stamp in an object": (context('{"actor": "user:x", "at": {"at": "{at}"}}'), STALE),
    "an infinite stamp": (context('{"actor": "user:x", "at": "Infinity"}'), STALE),
    "a stamp with zeroes": (context('{"actor": "user:x", "at": "0{at}"}'), STALE),
    "two stamps, the last one wrong": (context('{"actor": "user:x", "at": "{at}", "at": "1"}'), STALE),
    "no actor": (context('{"at": "{at}"}'), STALE),
    "a null actor": (context('{"at": "{at}", "actor": null}'), "23502"),
    "a list": (context('["actor", "at"]'), STALE),
    "a text": (context('"actor"'), STALE),
    "a number": (context("1"), STALE),
    "null": (context("null"), STALE),
    "no JSON": (context("{at}}"), "22P02"),
    "a JSON bomb": ("SELECT set_config('amana.ctx', repeat('[', 99999), true)", "54001"),
    "NUL": (context(r'{"at": "{at}", "actor": "\u0000"}'), "22P05"),
    "an address that is none": (context('{"at": "{at}", "actor": "x", "ip": "1.2.3.4.5"}'), "22P02"),
    "an address with SQL": (context('{"at": "{at}", "actor": "x", "ip": "\'; DROP TABLE x"}'), "22P02"),
}


def _attempts() -> Iterator[Any]:
    kinds: dict[str, Mapping[str, Any]] = {
        "reading": READING,
        "writing": WRITING,
        "triggers": TRIGGERS,
        "functions": FUNCTIONS,
        "becoming": BECOMING,
        "leaving": LEAVING,
        "record": AT_RECORD,
    }
    for kind, attempts in kinds.items():
        for title, attempt in attempts.items():
            statement, code = attempt if isinstance(attempt, tuple) else (attempt, DENIED)
            yield pytest.param(statement, code, id=f"{kind}: {title}")


def code_of(connection: Connection[Any], *statements: str) -> str | None:
    """The SQLSTATE with which one of the statements was refused; None where all went through."""
    try:
        for statement in statements:
            if "COPY " in statement and "STDIN" in statement:
                with connection.cursor().copy(statement):
                    pass
            else:
                connection.execute(statement)
    except psycopg.Error as error:
        return error.sqlstate
    return None


@pytest.mark.parametrize(("statement", "code"), [*_attempts()])
def test_an_attempt_fails_and_changes_nothing(door: Door, statement: str, code: str | None) -> None:
    before = everything(door.place)
    statement = statement.replace("{owner}", door.owner).replace("{database}", door.name)
    statement = statement.replace("{named}", named())
    with door.open() as connection:
        if code and (code.startswith("AM003") or "activity_api.record(" in statement):
            connection.autocommit = False
            connection.execute(named())
        assert code_of(connection, statement) == code
    assert everything(door.place) == before


@pytest.mark.parametrize(
    "what",
    [
        INSERT,
        RECORD,
        pytest.param("UPDATE auth_group SET name = name || 'x'", marks=pytest.mark.slow),
        pytest.param("DELETE FROM auth_group", marks=pytest.mark.slow),
    ],
)
@pytest.mark.parametrize("said", CONTEXTS)
def test_nothing_is_written_under_a_context_that_is_not_this_transactions(
    door: Door, said: str, what: str
) -> None:
    statement, code = CONTEXTS[said]
    with door.open() as connection, connection.transaction():
        connection.execute(named())
        connection.execute("INSERT INTO auth_group (name) VALUES ('there') ON CONFLICT DO NOTHING")
    before = everything(door.place)
    with door.open() as connection:
        connection.execute("BEGIN")
        expected = STALE if said == "a null actor" and what == RECORD else code
        assert code_of(connection, statement, what) == expected
    assert everything(door.place) == before


def whole(place: Place) -> tuple[list[Any], int]:
    with as_log_owner(place) as connection:
        rows = connection.execute(
            "SELECT action, actor, subject, before, after FROM audit.event ORDER BY id"
        ).fetchall()
    return rows, len(rows)


Trick = Callable[[Connection[Any], Door], int]


def _swallowed_by_a_savepoint(connection: Connection[Any], _door: Door) -> int:
    """The row fails with its event, so nothing of it stays."""
    connection.execute("BEGIN")
    for _ in range(3):
        connection.execute("SAVEPOINT s")
        assert code_of(connection, "INSERT INTO auth_group (name) VALUES ('swallowed')") == NOBODY
        connection.execute("ROLLBACK TO s")
    connection.execute("COMMIT")
    return 0


def _named_in_a_savepoint_that_is_rolled_back(connection: Connection[Any], _door: Door) -> int:
    connection.execute("BEGIN")
    connection.execute("SAVEPOINT s")
    connection.execute(named())
    connection.execute("ROLLBACK TO s")
    assert code_of(connection, INSERT) == NOBODY
    connection.execute("ROLLBACK")
    return 0


def _context_of_the_last_transaction(connection: Connection[Any], _door: Door) -> int:
    connection.execute("BEGIN")
    [(said,)] = connection.execute(named()).fetchall()
    connection.execute("COMMIT")
    connection.execute("SELECT set_config('amana.ctx', %s, false)", [said])
    assert code_of(connection, INSERT) == STALE
    connection.execute("BEGIN")
    assert code_of(connection, INSERT) == STALE
    connection.execute("ROLLBACK")
    return 0


def _context_of_another_session(connection: Connection[Any], door: Door) -> int:
    with door.open() as other:
        other.execute("BEGIN")
        [(said,)] = other.execute(named()).fetchall()
        [(snapshot,)] = other.execute("SELECT pg_export_snapshot()").fetchall()
        connection.execute("BEGIN ISOLATION LEVEL REPEATABLE READ")
        connection.execute(sql.SQL("SET TRANSACTION SNAPSHOT {}").format(sql.Literal(snapshot)))
        connection.execute("SELECT set_config('amana.ctx', %s, true)", [said])
        assert code_of(connection, INSERT) == STALE
        connection.execute("ROLLBACK")
        other.execute("ROLLBACK")
    return 0


def _chained(connection: Connection[Any], _door: Door) -> int:
    connection.execute("BEGIN")
    connection.execute(named().replace("true)", "false)"))
    connection.execute("COMMIT AND CHAIN")
    assert code_of(connection, INSERT) == STALE
    connection.execute("ROLLBACK")
    return 0


def _impatient(connection: Connection[Any], _door: Door) -> int:
    """A statement that runs out of time leaves neither rows nor events, at whatever point it ends."""
    made = 0
    for milliseconds in range(1, 12):
        connection.execute("BEGIN")
        connection.execute(named())
        connection.execute(f"SET LOCAL statement_timeout = {milliseconds}")
        rows = (
            f"INSERT INTO auth_group (name) SELECT 'i{milliseconds} ' || n FROM generate_series(1, 120) AS n"
        )
        if code_of(connection, rows) is None and code_of(connection, "COMMIT") is None:
            made += 120
        connection.execute("ROLLBACK")  # no more than a warning where it has ended
    return made


def _with_odd_settings(connection: Connection[Any], _door: Door) -> int:
    odd = {
        "work_mem": "64kB",
        "standard_conforming_strings": "off",
        "search_path": "pg_temp, audit",
        "default_transaction_isolation": "serializable",
        "row_security": "off",
        "check_function_bodies": "off",
        "plpgsql.extra_errors": "none",
        "plpgsql.check_asserts": "off",
        "constraint_exclusion": "off",
        "jit": "off",
        "synchronous_commit": "off",
        "default_tablespace": "",
        "array_nulls": "off",
        "transform_null_equals": "on",
        "client_min_messages": "debug5",
        "plan_cache_mode": "force_generic_plan",
        "createrole_self_grant": "set",
        "lo_compat_privileges": None,
    }
    for name, value in odd.items():
        if value is not None:
            connection.execute("SELECT set_config(%s, %s, false)", [name, value])
    connection.execute("BEGIN")
    connection.execute(named())
    connection.execute("INSERT INTO public.auth_group (name) VALUES ('odd')")
    connection.execute("COMMIT")
    return 1


def _deferred(connection: Connection[Any], _door: Door) -> int:
    connection.execute("BEGIN")
    connection.execute("SET CONSTRAINTS ALL DEFERRED")
    assert code_of(connection, INSERT) == NOBODY
    connection.execute("ROLLBACK")
    return 0


def _strange_locks(connection: Connection[Any], _door: Door) -> int:
    """A lock on his own table holds up himself."""
    connection.execute("BEGIN")
    connection.execute(named())
    connection.execute("LOCK TABLE auth_group IN ACCESS EXCLUSIVE MODE")
    connection.execute("INSERT INTO auth_group (name) VALUES ('locked')")
    connection.execute("COMMIT")
    return 1


def _read_only(connection: Connection[Any], _door: Door) -> int:
    connection.execute("BEGIN READ ONLY")
    connection.execute(named())
    assert code_of(connection, RECORD) == "25006"
    connection.execute("ROLLBACK")
    return 0


def _by_every_way_of_writing(connection: Connection[Any], _door: Door) -> int:
    ways = (
        "INSERT INTO auth_group (id, name) OVERRIDING SYSTEM VALUE VALUES (-1, 'w')",
        "INSERT INTO auth_group (id, name) VALUES (-1, 'w') ON CONFLICT (id) DO UPDATE SET name = 'w1'",
        "WITH w AS (UPDATE auth_group SET name = 'w2' WHERE id = -1 RETURNING 1) SELECT 1",
        "MERGE INTO auth_group USING (SELECT 1) AS o ON id = -1 WHEN MATCHED THEN UPDATE SET name = 'w3'",
        "EXPLAIN ANALYZE UPDATE auth_group SET name = 'w4' WHERE id = -1",
        "PREPARE p AS UPDATE auth_group SET name = 'w5' WHERE id = -1; EXECUTE p",
        "UPDATE ONLY auth_group SET name = 'w6' WHERE id = -1",
        "DECLARE c CURSOR FOR SELECT * FROM auth_group WHERE id = -1 FOR UPDATE; FETCH c; "
        "UPDATE auth_group SET name = 'w7' WHERE CURRENT OF c; CLOSE c",
        "UPDATE auth_group SET id = -2 WHERE id = -1",
        "DELETE FROM auth_group WHERE id = -2",
    )
    connection.execute("BEGIN")
    connection.execute(named())
    for way in ways:
        connection.execute(way)
    connection.execute("DEALLOCATE p")
    connection.execute("COMMIT")
    return len(ways)


def _a_megabyte_of_actor(connection: Connection[Any], _door: Door) -> int:
    """It is told whole: longer than any name, and yet no reason to lose the row or the event."""
    connection.execute("BEGIN")
    connection.execute(
        f"""SELECT set_config('amana.ctx', '{{"actor": "' || repeat('x', 1000000)
            || '", "at": "' || {STAMP} || '"}}', true)"""
    )
    connection.execute("INSERT INTO auth_group (name) VALUES ('megabyte')")
    connection.execute("COMMIT")
    return 1


def _session_locks(connection: Connection[Any], _door: Door) -> int:
    connection.execute("SELECT pg_advisory_lock(n) FROM generate_series(1, 50) AS n")
    connection.execute("BEGIN")
    connection.execute(named())
    connection.execute("INSERT INTO auth_group (name) VALUES ('with locks')")
    connection.execute("COMMIT")
    return 1


def _too_many_savepoints(connection: Connection[Any], _door: Door) -> int:
    """More subtransactions than a snapshot keeps in memory."""
    connection.execute("BEGIN")
    connection.execute(named())
    for number in range(80):
        connection.execute("SAVEPOINT s")
        connection.execute(f"INSERT INTO auth_group (name) VALUES ('s{number}')")
        if number % 2:
            connection.execute("ROLLBACK TO s")
        connection.execute("RELEASE s")
    connection.execute("COMMIT")
    return 40


TRICKS: list[Trick] = [
    _swallowed_by_a_savepoint,
    _named_in_a_savepoint_that_is_rolled_back,
    _context_of_the_last_transaction,
    _context_of_another_session,
    _chained,
    _impatient,
    _with_odd_settings,
    _deferred,
    _strange_locks,
    _read_only,
    _by_every_way_of_writing,
    _a_megabyte_of_actor,
    _session_locks,
    _too_many_savepoints,
]


def replayed(events: list[Any]) -> dict[Any, Any]:
    """The table as its events tell it, from nothing."""
    rows: dict[Any, Any] = {}
    for action, _actor, subject, before, after in events:
        if subject != "auth_group":
            continue
        if action == "insert":
            rows[after["id"]] = after["name"]
        elif action == "delete":
            assert rows.pop(before["id"]) == before["name"]
        else:
            key = next(
                k for k, name in rows.items() if name == before.get("name", name) and k == before.get("id", k)
            )
            name = rows.pop(key)
            rows[after.get("id", key)] = after.get("name", name)
    return rows


@pytest.mark.parametrize("trick", TRICKS)
def test_whatever_he_gets_through_is_in_the_log(door: Door, trick: Trick) -> None:
    """One event for each change that went through, none for those that didn't, and the log retells the table."""
    before, _ = whole(door.place)
    with door.open() as connection:
        expected = trick(connection, door)
    after, _ = whole(door.place)
    assert after[: len(before)] == before
    assert len(after) - len(before) == expected
    with provisioner(door.place.database, door.place) as connection:
        connection.execute(sql.SQL("SET ROLE {}").format(sql.Identifier(door.owner)))
        groups = dict(connection.execute("SELECT id, name FROM auth_group").fetchall())
    assert own(replayed(after)) == own(groups)


def own(groups: dict[Any, Any]) -> dict[Any, Any]:
    """Without the product's own roles, which a clone has from its template: before its log began."""
    return {key: name for key, name in groups.items() if not name.startswith("built-in:")}


@pytest.mark.parametrize("attempt", AT_READ)
def test_read_answers_nothing_more(door: Door, attempt: str) -> None:
    before = everything(door.place)
    with door.open() as connection:
        assert connection.execute(AT_READ[attempt]).fetchall() == []
    assert everything(door.place) == before


def test_read_gives_a_thousand_at_most(door: Door) -> None:
    with door.open() as connection:
        connection.execute("BEGIN")
        connection.execute(named())
        connection.execute(
            "INSERT INTO auth_group (name) SELECT 'many ' || n FROM generate_series(1, 1100) AS n"
        )
        for most in ("1001", "2147483647"):
            assert len(connection.execute(f"SELECT id FROM activity_api.read({most})").fetchall()) == 1000
        connection.execute("ROLLBACK")


def test_what_the_planner_knows_of_the_log_is_hidden(door: Door) -> None:
    """The most common values are withheld; the source of the functions may be read by everybody, and is public."""
    with provisioner(door.place.database, door.place) as connection:
        connection.execute("SET ROLE audit_owner")
        connection.execute("ANALYZE audit.event")
        found = connection.execute("SELECT count(*) FROM pg_stats WHERE schemaname = 'audit'").fetchone()
        assert found != (0,)
    with door.open() as connection:
        for view in ("pg_stats", "pg_stats_ext", "pg_stats_ext_exprs"):
            rows = connection.execute(f"SELECT * FROM {view} WHERE schemaname = 'audit'").fetchall()
            assert rows == []
        assert (
            connection.execute("SELECT * FROM pg_sequences WHERE schemaname = 'audit'").fetchall()[0][-1]
            is None
        )
        assert connection.execute("SELECT pg_get_functiondef('activity_api.read'::regproc)").fetchone()


def test_how_much_is_in_the_log_can_be_seen(door: Door) -> None:
    """Not a wall: PostgreSQL tells everybody the size and the counters of any table of this database."""
    with door.open() as connection:
        [(size, rows)] = connection.execute(
            """SELECT pg_relation_size(oid), pg_stat_get_tuples_inserted(oid) FROM pg_class
               WHERE relname = 'event_default'"""
        ).fetchall()
        assert size >= 0
        assert rows >= 0


@pytest.mark.parametrize("option", ["-c session_replication_role=replica", "-c role=audit_owner"])
def test_no_option_of_the_connection_helps(door: Door, option: str) -> None:
    with pytest.raises(psycopg.OperationalError, match="permission denied"):
        door.open(options=option)


def test_a_stamp_given_when_connecting_is_stale(door: Door) -> None:
    with door.open(options='-c amana.ctx={"actor":"user:alice","at":"1"}') as connection:
        assert code_of(connection, INSERT) == STALE


def test_a_later_month_without_a_partition_goes_to_the_default_one(door: Door) -> None:
    with as_log_owner(door.place) as connection, connection.transaction(force_rollback=True):
        connection.execute("INSERT INTO audit.event (action, actor, at) VALUES ('x.y', 'z', '2999-01-01')")
        found = connection.execute("SELECT tableoid::regclass::text FROM audit.event WHERE at = '2999-01-01'")
        assert found.fetchall() == [("audit.event_default",)]


OWN = ("the role's settings are ours", "the role's password is ours")


def test_what_he_does_to_his_own_role_is_repaired_and_changes_nothing_in_the_log(mallory_s: Tenant) -> None:
    door = Door(mallory_s.place, "tenant_owner", mallory_s.place.database)
    with door.open() as connection:
        for setting in (
            "search_path = pg_temp, audit",
            "statement_timeout = 0",
            "default_transaction_read_only = off",
        ):
            connection.execute(f"ALTER ROLE CURRENT_USER SET {setting}")
    with door.open() as connection:
        assert code_of(connection, "INSERT INTO public.auth_group (name) VALUES ('own')") == NOBODY
        before, _ = whole(door.place)
        connection.execute("BEGIN")
        connection.execute(named())
        connection.execute("INSERT INTO public.auth_group (name) VALUES ('own')")
        connection.execute("COMMIT")
        after, _ = whole(door.place)
        assert len(after) - len(before) == 1
        connection.execute("ALTER ROLE CURRENT_USER PASSWORD 'mine-from-now-on'")

    def outcomes(*, repair: bool) -> set[tuple[str, str]]:
        return {
            (finding.wall, finding.outcome)
            for finding in check_tenant(mallory_s, repair=repair)
            if finding.wall in OWN
        }

    assert outcomes(repair=False) == {(wall, "not held") for wall in OWN}
    assert ("the role's settings are ours", "repaired") in outcomes(repair=True)
    assert {outcome for _, outcome in outcomes(repair=False)} == {"held"}
    with door.open() as connection:
        assert code_of(connection, "INSERT INTO public.auth_group (name) VALUES ('again')") == NOBODY


def test_there_are_many_attempts() -> None:
    assert len([*_attempts()]) + len(CONTEXTS) + len(TRICKS) + len(AT_READ) >= 150


WALLS_DOWN = {
    "the schema may be used and the log read": (
        "GRANT USAGE ON SCHEMA audit TO tenant_runtime; GRANT SELECT ON audit.event TO tenant_runtime",
        "SELECT * FROM audit.event",
    ),
    "the log may be written": (
        "GRANT USAGE ON SCHEMA audit TO tenant_runtime; GRANT SELECT, UPDATE, DELETE ON audit.event TO tenant_runtime",
        "DELETE FROM audit.event",
    ),
    "the sequence may be set": (
        "GRANT USAGE ON SCHEMA audit TO tenant_runtime; GRANT UPDATE ON audit.event_id TO tenant_runtime",
        "SELECT setval('audit.event_id', 1)",
    ),
}


@pytest.mark.parametrize("wall", WALLS_DOWN)
def test_with_the_wall_down_the_attempt_succeeds(new_tenant: Callable[[], Tenant], wall: str) -> None:
    """Or the refusals above would prove nothing."""
    taken_down, attempt = WALLS_DOWN[wall]
    tenant = new_tenant()
    door = Door(tenant.place, "tenant_owner", tenant.place.database)
    with door.open() as connection:
        assert code_of(connection, attempt) == DENIED
    with as_log_owner(tenant.place) as owner:
        owner.execute(taken_down)
    with door.open() as connection:
        assert code_of(connection, attempt) is None


def test_without_the_trigger_a_row_is_written_unlogged(new_tenant: Callable[[], Tenant]) -> None:
    tenant = new_tenant()
    door = Door(tenant.place, "tenant_owner", tenant.place.database)
    with provisioner(tenant.place.database, tenant.place) as owner:
        owner.execute("SET ROLE tenant_owner")
        owner.execute("ALTER TABLE auth_group DISABLE TRIGGER logged_insert")
    with door.open() as connection:
        assert code_of(connection, INSERT) is None
    assert any("auth_group" in finding.outcome for finding in check_tenant(tenant, repair=False))
