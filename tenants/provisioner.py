"""The provisioner's own connections: roles, databases and what owners do. Only the queue `control` gets here."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, LiteralString

import psycopg
from psycopg import Connection, sql
from psycopg.conninfo import make_conninfo

from tenants.binding import bound_to
from tenants.fingerprints import SQL
from tenants.places import Place, owner_place, provisioner_url

_kept: ContextVar[Connection[Any] | None] = ContextVar("amana_provisioner", default=None)


@contextmanager
def provisioner(database: str = "postgres", server: Place | None = None) -> Iterator[Connection[Any]]:
    """A connection of amana_provisioner, in autocommit. Raises ProvisionerMissing in other processes.

    Inside `exclusively` it is the one that holds the lock, where that leads to the place asked for.
    """
    kept = _kept.get()
    if kept is not None and database == kept.info.dbname and not (server and server.host):
        yield kept
        return
    place = {"host": server.host, "port": server.port} if server else {}
    given = {key: value for key, value in place.items() if value}
    conninfo = make_conninfo(provisioner_url(), dbname=database, **given)
    with psycopg.connect(conninfo, autocommit=True) as connection:
        yield connection


@contextmanager
def owner_of(place: Place) -> Iterator[Connection[Any]]:
    """A connection to a tenant's database that acts as tenant_owner."""
    with provisioner(place.database, place) as connection:
        connection.execute("SET ROLE tenant_owner")
        yield connection


@contextmanager
def exclusively(subject: str, when_waiting: Callable[[], object] = lambda: None) -> Iterator[None]:
    """One process at a time for `subject`, however many try. `when_waiting` is called where another one has it."""
    with provisioner() as connection:
        if not _held_at_once(connection, subject):
            when_waiting()
            hold(connection, subject)
        token = _kept.set(connection)
        try:
            yield
        finally:
            _kept.reset(token)
            _let_go(connection, subject)


def hold(connection: Connection[Any], subject: str) -> None:
    """Keep `subject` as long as this connection lives: a killed process's last statement goes on, and is waited for."""
    connection.execute("SELECT pg_advisory_lock(hashtextextended(%s, 0))", [subject])


def _held_at_once(connection: Connection[Any], subject: str) -> bool:
    row = connection.execute("SELECT pg_try_advisory_lock(hashtextextended(%s, 0))", [subject]).fetchone()
    return row is not None and bool(row[0])


def _let_go(connection: Connection[Any], subject: str) -> None:
    if not connection.closed:
        connection.execute("SELECT pg_advisory_unlock(hashtextextended(%s, 0))", [subject])


def run_file(connection: Connection[Any], name: str) -> None:
    """Execute one of our SQL files."""
    connection.execute((SQL / name).read_bytes())


def execute(connection: Connection[Any], statement: LiteralString, *names: str, **literals: object) -> None:
    """Execute a statement whose {} are identifiers and whose {name} are literals: DDL takes no parameters."""
    parts = {key: sql.Literal(value) for key, value in literals.items()}
    connection.execute(sql.SQL(statement).format(*map(sql.Identifier, names), **parts))


def exists(connection: Connection[Any], kind: str, name: str) -> bool:
    """Whether a "database" or "role" of that name is there."""
    query = {
        "database": "SELECT FROM pg_database WHERE datname = %s",
        "role": "SELECT FROM pg_roles WHERE rolname = %s",
    }[kind]
    return connection.execute(query, [name]).fetchone() is not None


@contextmanager
def bound_to_owner_of(place: Place) -> Iterator[str]:
    """Bind Django to `place` as its owner, for migrations; gives the alias."""
    view = owner_place(place.database, place.host, place.port)
    with bound_to(view):
        yield view.alias
