"""Connections to the key store: a few a process, of its own pool, and every trouble with it in words."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from django.conf import settings
from psycopg import Connection, errors

from keys.exceptions import KeyStoreAway, KeyStoreNotHeld, KeyStoreUnprepared
from tenants.pool import Pool

CONNECT_SECONDS = 3
OPTIONS = "-c statement_timeout=10s -c lock_timeout=5s -c TimeZone=UTC"


@contextmanager
def key_store() -> Iterator[Connection[Any]]:
    """One transaction in the key store. Raises KeyStoreNotHeld, KeyStoreUnprepared; KeyStoreAway, ConnectionsBusy."""
    url = settings.AMANA_KEYSTORE_URL
    if not url:
        raise KeyStoreNotHeld("This process doesn't hold AMANA_KEYSTORE_URL: it can't reach any key.")
    with _in_words():
        connection = pool.lease(url, lambda: _connect(url))
        try:
            with connection.transaction():
                yield connection
        finally:
            pool.give_back(connection)


def _connect(url: str) -> Connection[Any]:
    return psycopg.connect(
        url,
        autocommit=True,
        connect_timeout=CONNECT_SECONDS,
        options=OPTIONS,
        application_name="",
        prepare_threshold=None,
    )


@contextmanager
def _in_words() -> Iterator[None]:
    try:
        yield
    except (errors.UndefinedTable, errors.UndefinedColumn) as error:
        raise KeyStoreUnprepared("The key store hasn't this code's tables: run prepare.") from error
    except (psycopg.OperationalError, psycopg.InterfaceError) as error:
        raise KeyStoreAway(
            "The key store doesn't answer: nothing can be encrypted or decrypted now."
        ) from error


pool = Pool(cap=3, cap_each=3, reserved=0, patience=settings.AMANA_DB_PATIENCE)
os.register_at_fork(before=pool.close_idle, after_in_child=pool.disown)
