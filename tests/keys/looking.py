"""What really stands in the bound tenant's tables, and in the key store."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from django.db import connection
from django.db.models import Model
from psycopg import Connection


def read(statement: str, *parameters: Any) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters or None)
        return list(cursor.fetchall())


def write(statement: str, *parameters: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters or None)


def stored(instance: Model) -> dict[str, Any]:
    """The row of `instance`, column by column."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM {instance._meta.db_table} WHERE id = %s", [instance.pk])
        names = [column.name for column in cursor.description]
        return dict(zip(names, cursor.fetchone(), strict=True))


@contextmanager
def key_store_itself() -> Iterator[Connection[Any]]:
    """Past our code, as amana_keys."""
    with psycopg.connect(os.environ["AMANA_KEYSTORE_URL"], autocommit=True) as opened:
        yield opened
