"""One bounded pool of connections for all tenants of a process."""

import os
import threading
import time
from collections import Counter, OrderedDict
from collections.abc import Callable
from contextlib import suppress
from select import POLLERR, POLLHUP, POLLIN, poll
from socket import socket
from typing import Any

from django.conf import settings
from psycopg import Connection, Error
from psycopg.generators import fetch_many
from psycopg.pq import ExecStatus, TransactionStatus

from tenants.exceptions import ConnectionsBusy

Open = Callable[[], Connection[Any]]
FAREWELL = 1.0  # seconds that the server may take to end a session


class Pool:
    """At most `cap` connections in all and `cap_each` per alias, `reserved` of them kept for the catalog.

    Idle connections are evicted least recently used first; a dead one is replaced; who waits longer than
    `patience` seconds gets ConnectionsBusy. A slot is free once the server has ended the session too, so the
    caps hold there as well. A forked child starts empty and shares no socket.
    """

    def __init__(self, cap: int, cap_each: int, reserved: int, patience: float) -> None:
        self.cap, self.cap_each, self.reserved, self.patience = cap, cap_each, reserved, patience
        self._inherited: list[Connection[Any]] = []
        self._start_empty()

    def _start_empty(self) -> None:
        self._changed = threading.Condition()
        self._idle: OrderedDict[Connection[Any], str] = OrderedDict()
        self._leased: dict[Connection[Any], str] = {}
        self._counts: Counter[str] = Counter()

    def lease(self, alias: str, connect: Open) -> Connection[Any]:
        """A live connection for `alias`: an idle one, or one more. Raises ConnectionsBusy."""
        deadline = time.monotonic() + self.patience
        while (connection := self._take(alias, deadline)) is not None:
            if self._leased[connection] == alias and _is_clean(connection):
                return connection
            self._forget(connection)
        try:
            connection = connect()
        except BaseException:
            with self._changed:
                self._release_slot(alias)
            raise
        with self._changed:
            self._leased[connection] = alias
        return connection

    def give_back(self, connection: Connection[Any]) -> None:
        """Take a leased connection back, to be cleaned of all session state, or closed where that fails."""
        if not _is_being_cleaned(connection):
            self._forget(connection)
            return
        with self._changed:
            self._idle[connection] = self._leased.pop(connection)
            self._changed.notify_all()

    def owns(self, connection: Connection[Any]) -> bool:
        return connection in self._leased

    def close_idle(self, alias: str | None = None) -> None:
        """Close what nobody uses, of one alias or of all."""
        with self._changed:
            chosen = [each for each, owner in self._idle.items() if alias in (None, owner)]
            for connection in chosen:
                self._release_slot(self._idle.pop(connection))
                connection.close()

    def usage(self) -> dict[str, int]:
        """How many connections are open per alias, leased and idle."""
        with self._changed:
            return {alias: count for alias, count in self._counts.items() if count}

    def _take(self, alias: str, deadline: float) -> Connection[Any] | None:
        """An idle connection for the caller to use, or another's to close; None with a slot to open one in."""
        with self._changed:
            while True:
                connection = self._newest_idle(alias)
                if connection is None and self._claim_slot(alias):
                    return None
                connection = connection or self._to_evict(alias)
                if connection is not None:
                    self._leased[connection] = self._idle.pop(connection)
                    return connection
                if not self._changed.wait(deadline - time.monotonic()):
                    raise ConnectionsBusy(f"No connection became free within {self.patience:g} seconds.")

    def _newest_idle(self, alias: str) -> Connection[Any] | None:
        return next((each for each in reversed(self._idle) if self._idle[each] == alias), None)

    def _claim_slot(self, alias: str) -> bool:
        if self._counts[alias] >= self.cap_each or not self._has_room(alias):
            return False
        self._counts[alias] += 1
        return True

    def _to_evict(self, alias: str) -> Connection[Any] | None:
        """The least recently used whose end makes room for `alias`: a reserved slot of the catalog's never does."""
        if self._counts[alias] >= self.cap_each:
            return None
        spared = "catalog" if self._counts["catalog"] <= self.reserved else None
        return next((each for each, owner in self._idle.items() if owner != spared), None)

    def _has_room(self, alias: str) -> bool:
        catalog = self._counts["catalog"]
        if alias == "catalog":
            return self._counts.total() < self.cap
        return self._counts.total() + max(0, self.reserved - catalog) < self.cap

    def _forget(self, connection: Connection[Any]) -> None:
        _hang_up(connection)
        with self._changed:
            self._release_slot(self._leased.pop(connection))

    def _release_slot(self, alias: str) -> None:
        self._counts[alias] -= 1
        if not self._counts[alias]:
            del self._counts[alias]
        self._changed.notify_all()

    def disown(self) -> None:
        """In a forked child: point inherited sockets at nothing, so that not even closing reaches the server."""
        nothing = os.open(os.devnull, os.O_RDWR)
        inherited = [*self._idle, *self._leased]
        for connection in inherited:
            if not connection.closed:
                os.dup2(nothing, connection.pgconn.socket)
        os.close(nothing)
        self._start_empty()
        self._inherited += inherited


def _is_being_cleaned(connection: Connection[Any]) -> bool:
    """Ask for a clean session without waiting: whoever leases the connection next looks at the answer."""
    if connection.closed:
        return False
    try:
        if connection.info.transaction_status != TransactionStatus.IDLE:
            connection.rollback()
        connection.autocommit = True
        connection.pgconn.send_query(b"DISCARD ALL")
        connection.pgconn.flush()
    except Error:
        return False
    return True


def _is_clean(connection: Connection[Any]) -> bool:
    """The session state is gone, and nothing more came since: no farewell of the server, no error."""
    if connection.closed:
        return False
    try:
        answers = connection.wait(fetch_many(connection.pgconn))
        sockets = poll()
        sockets.register(connection.pgconn.socket, POLLIN | POLLERR | POLLHUP)
    except Error:
        return False
    return [answer.status for answer in answers] == [ExecStatus.COMMAND_OK] and not sockets.poll(0)


def _hang_up(connection: Connection[Any]) -> None:
    """Close, and wait until the server's process is gone: it closes its end of the line last."""
    if connection.closed:
        return
    with socket(fileno=os.dup(connection.pgconn.socket)) as line, suppress(OSError):
        connection.close()
        line.settimeout(FAREWELL)
        while line.recv(4096):
            """What it had still to say."""


def _share_of_budget() -> int:
    return max(3, settings.AMANA_DB_BUDGET // settings.AMANA_DB_PROCESSES)


pool = Pool(
    cap=_share_of_budget(),
    cap_each=settings.AMANA_DB_CAP_PER_TENANT,
    reserved=1,
    patience=settings.AMANA_DB_PATIENCE,
)
os.register_at_fork(before=pool.close_idle, after_in_child=pool.disown)
