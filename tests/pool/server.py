"""What PostgreSQL itself says about our connections: nothing here believes the pool."""

import os
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg import Connection
from psycopg.conninfo import make_conninfo

from tenants.places import Place, database_settings


@dataclass(frozen=True)
class Watch:
    """The superuser's view of the connections that bear `mark` as their application_name."""

    superuser: Connection[Any]
    mark: str

    def opener(self, place: Place) -> Callable[[], Connection[Any]]:
        """Opens a connection to `place` with its own role, by nothing but psycopg."""
        told = database_settings(place)
        named = {"dbname": "NAME", "user": "USER", "password": "PASSWORD", "host": "HOST", "port": "PORT"}
        parts = {key: told[setting] for key, setting in named.items()}
        conninfo = make_conninfo(**parts, application_name=self.mark)
        return lambda: psycopg.connect(conninfo, autocommit=True, prepare_threshold=None)

    def counts(self) -> Counter[str]:
        """Connections per database."""
        asked = "SELECT datname, count(*) FROM pg_stat_activity WHERE application_name = %s GROUP BY 1"
        return Counter(dict(self.superuser.execute(asked, [self.mark]).fetchall()))

    def is_alive(self, backend: int) -> bool:
        found = self.superuser.execute("SELECT FROM pg_stat_activity WHERE pid = %s", [backend])
        return found.fetchone() is not None

    def terminate(self, backend: int) -> None:
        """As an administrator does; returns when it is gone (or within 5 s)."""
        self.superuser.execute("SELECT pg_terminate_backend(%s, 5000)", [backend])

    def terminate_all_of(self, database: str) -> int:
        ask = "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = %s"
        return len(self.superuser.execute(ask, [database]).fetchall())

    def wait_until(self, true: Callable[[], bool], within: float = 5.0) -> None:
        deadline = time.monotonic() + within
        while not true():
            assert time.monotonic() < deadline, f"PostgreSQL still has {dict(self.counts())}"
            time.sleep(0.01)


def connect_as_superuser() -> Connection[Any]:
    return psycopg.connect(os.environ["AMANA_SUPERUSER_URL"], autocommit=True)


def backend_of(connection: Connection[Any]) -> int:
    return connection.info.backend_pid
