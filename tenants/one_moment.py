"""Reading a database as of one moment, however long it takes."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from django.db import connection, transaction
from psycopg import IsolationLevel

from tenants.binding import bound_connection


@contextmanager
def one_moment() -> Iterator[datetime]:
    """What is read inside is of one snapshot of the bound database; gives its moment."""
    wrapper = bound_connection()
    wrapper.ensure_connection()
    wrapper.connection.isolation_level = IsolationLevel.REPEATABLE_READ
    try:
        with transaction.atomic(durable=True), connection.cursor() as cursor:
            cursor.execute("SELECT now()")
            [at] = cursor.fetchone()
            yield at
    finally:
        if wrapper.connection is not None and not wrapper.connection.closed:
            wrapper.connection.isolation_level = None
