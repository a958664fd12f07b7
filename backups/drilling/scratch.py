"""The database `scratch`: one drill at a time, empty before and after; reached as amana_drill, who is no superuser."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from django.utils.translation import gettext_noop
from psycopg import Connection, sql

from backups.exceptions import ScratchTaken
from backups.sentences import sentence
from tenants.places import drill_url

logger = logging.getLogger(__name__)
NAME = "amana drill"
OPTIONS = "-c TimeZone=UTC -c statement_timeout=0"
SCHEMAS = """
    SELECT nspname FROM pg_namespace
    WHERE nspname !~ '^pg_' AND nspname <> 'information_schema' ORDER BY nspname"""
LEFT = """
    SELECT (SELECT count(*) FROM pg_class WHERE relnamespace IN (SELECT oid FROM ours))
         + (SELECT count(*) FROM pg_proc WHERE pronamespace IN (SELECT oid FROM ours))
         + (SELECT count(*) FROM ours WHERE nspname <> 'public')
         + (SELECT count(*) FROM pg_largeobject_metadata)
    FROM (SELECT 1) AS one"""
OURS = """
    WITH ours AS (
        SELECT oid, nspname FROM pg_namespace WHERE nspname !~ '^pg_' AND nspname <> 'information_schema')"""
# What a killed drill's programs may still be at; another that only asks for its turn goes by NAME.
END_THE_OTHERS = """
    SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity
    WHERE datname = current_database() AND usename = current_user AND application_name <> %s
      AND pid <> pg_backend_pid()"""


@contextmanager
def scratch_alone() -> Iterator[Connection[Any]]:
    """A connection in autocommit that nobody else has while it lasts: its end, however it comes, lets go.

    What is there then is taken away first. Raises ScratchTaken, DrillerMissing.
    """
    with psycopg.connect(drill_url(), autocommit=True, options=OPTIONS, application_name=NAME) as connection:
        if not _value(connection, "SELECT pg_try_advisory_lock(hashtextextended('drill', 0))"):
            raise ScratchTaken(
                sentence(gettext_noop("Another drill works on scratch: this one waits for its turn."))
            )
        connection.execute(END_THE_OTHERS, [NAME])
        try:
            yield connection
        finally:
            _leave_empty(connection)


def _leave_empty(connection: Connection[Any]) -> None:
    """Where the connection itself is lost, whoever has the next one empties it first."""
    try:
        if left(connection):
            empty(connection)
    except psycopg.Error:
        logger.exception("What was restored into scratch couldn't be taken away: the next drill does that.")


def empty(connection: Connection[Any]) -> int:
    """Take away whatever is there; how many things that were."""
    found = left(connection)
    with connection.transaction():
        for (schema,) in connection.execute(SCHEMAS).fetchall():
            connection.execute(sql.SQL("DROP SCHEMA {} CASCADE").format(sql.Identifier(schema)))
        connection.execute("CREATE SCHEMA public")
        connection.execute("REVOKE ALL ON SCHEMA public FROM PUBLIC")  # as bootstrap.sql leaves it
    return found


def left(connection: Connection[Any]) -> int:
    """Relations, functions, schemas and large objects that aren't PostgreSQL's own."""
    return int(_value(connection, OURS + LEFT))


def is_superuser(connection: Connection[Any]) -> bool:
    return bool(_value(connection, "SELECT rolsuper FROM pg_roles WHERE rolname = current_user"))


def _value(connection: Connection[Any], query: str) -> Any:
    row = connection.execute(query.encode()).fetchone()
    return row[0] if row else None
