"""Django's PostgreSQL backend, opened only for what is bound, from one bounded pool."""

import os
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.postgresql import base as postgresql
from django.utils.module_loading import import_string
from psycopg import Connection
from psycopg.pq import ExecStatus, TransactionStatus

from tenants.backend.cursors import PreparedCursor
from tenants.binding import bound_place, is_bound, open_here
from tenants.databases import refusal
from tenants.identity import check_identity
from tenants.pool import pool

Preamble = Callable[[], str | None]
Ending = Callable[[list[tuple[Any, bool]]], None]
NOTHING: AbstractContextManager[Any] = nullcontext()
PLAIN = (None, None, None)  # BEGIN, and no more
CHANGED = ["said more than one thing in this transaction"]


@dataclass
class Waiting:
    """What is told of the end of the block: `kept` until a rollback takes back what was done around it."""

    ending: Ending
    about: Any
    savepoints: frozenset[str]
    kept: bool = True


class DatabaseWrapper(postgresql.DatabaseWrapper):
    """One thread's connection to one database: it never becomes another's."""

    def __init__(self, settings_dict: dict[str, Any], alias: str) -> None:
        super().__init__(settings_dict, alias)
        self._said: list[str] | None = None
        self._waiting: list[Waiting] = []
        if alias != DEFAULT_DB_ALIAS:
            open_here().add(alias)

    def _is_bound(self) -> bool:
        return is_bound() and bound_place().alias == self.alias

    def _check_bound(self) -> None:
        if not self._is_bound():
            raise refusal(self.alias)

    def ensure_connection(self) -> None:
        if self.connection is None:
            self._check_bound()
        super().ensure_connection()

    def _cursor(self, name: str | None = None) -> Any:
        self._check_bound()
        return super()._cursor(name)  # type: ignore[misc]

    def get_connection_params(self) -> dict[str, Any]:
        return {**super().get_connection_params(), "cursor_factory": PreparedCursor}

    def get_new_connection(self, conn_params: dict[str, Any]) -> Connection[Any]:
        """A pooled connection whose database has proved its identity; an owner's is opened for itself."""
        if "assume_role" in self.settings_dict["OPTIONS"]:
            return self._open(conn_params)
        return pool.lease(self.alias, lambda: self._open(conn_params))

    def _open(self, conn_params: dict[str, Any]) -> Connection[Any]:
        place = bound_place()
        connection: Connection[Any] = super().get_new_connection(conn_params)
        try:
            check_identity(connection, place)
        except BaseException:
            connection.close()
            raise
        return connection

    def connect(self) -> None:
        """What waits from a block that lost its connection waits until this one is ready."""
        waiting, self._waiting = self._waiting, []
        try:
            super().connect()
        finally:
            self._waiting = waiting
        self._end_block()

    def _close(self) -> None:
        self._said = None
        self._take_back(self._waiting)
        if self.connection is not None and self.in_atomic_block:
            self.connection.close()  # the block goes on holding it: nobody else may get it
        if self.connection is not None and pool.owns(self.connection):
            pool.give_back(self.connection)
        else:
            super()._close()  # type: ignore[misc]

    def leave(self) -> None:
        """Give the connection back for good, rolled back, whatever state the block above left it in."""
        self.in_atomic_block = False
        self.close()
        self.connection = None

    def settle(self) -> None:
        """Run what waits for the end of a block that has lost its connection or was never ended."""
        if self._waiting:
            self.leave()
            self._end_block()

    def check_database_version_supported(self) -> None:
        """The pool opens connections for thousands of aliases: bootstrap.sql checked the server already."""

    def set_autocommit(
        self, autocommit: bool, force_begin_transaction_with_broken_autocommit: bool = False
    ) -> None:
        """Also how Django ends an outermost block, by commit or rollback: its own hooks come first."""
        self._said = None
        try:
            super().set_autocommit(autocommit, force_begin_transaction_with_broken_autocommit)
        finally:
            if autocommit:
                self._end_block()

    def when_block_ends(self, ending: Ending, about: Any) -> None:
        """Tell `ending` of the end of the outermost block, by commit or rollback or loss of the connection; of now,
        where there is none. It hears of all that it was asked about at once, in order: (about, kept), where `kept`
        says whether what was done around the asking was committed.
        """
        self._waiting.append(Waiting(ending, about, frozenset(filter(None, self.savepoint_ids))))
        if self.get_autocommit():
            self._end_block()
        else:
            self._end_block_inside_a_test()

    def _end_block(self) -> None:
        waiting, self._waiting = self._waiting, []
        for ending in dict.fromkeys(each.ending for each in waiting):
            ending([(each.about, each.kept) for each in waiting if each.ending == ending])

    def _end_block_inside_a_test(self) -> None:
        """The block around a test isn't one of the product's (Django marks it for the sake of `durable`)."""
        blocks: list[Any] = self.atomic_blocks
        if blocks and all(block._from_testcase for block in blocks):
            self._end_block()

    def _commit(self) -> None:
        try:
            super()._commit()  # type: ignore[misc]
        except BaseException:
            self._take_back(self._waiting)
            raise

    def _rollback(self) -> None:
        self._take_back(self._waiting)
        super()._rollback()  # type: ignore[misc]

    @staticmethod
    def _take_back(waiting: list[Waiting]) -> None:
        for each in waiting:
            each.kept = False

    def _savepoint_commit(self, sid: str) -> None:
        super()._savepoint_commit(sid)  # type: ignore[misc]
        self._end_block_inside_a_test()

    def _savepoint_rollback(self, sid: str) -> None:
        """What was said since the savepoint is unsaid, too."""
        self._said = CHANGED
        self._take_back([each for each in self._waiting if sid in each.savepoints])
        super()._savepoint_rollback(sid)  # type: ignore[misc]
        self._end_block_inside_a_test()

    def create_cursor(self, name: str | None = None) -> Any:
        cursor = super().create_cursor(name)
        cursor.wrapper = self
        return cursor

    def saying(self, writes: Callable[[], bool]) -> AbstractContextManager[Any]:
        """What a statement runs in: its transaction, told what it has to know; a lone write gets one of its own."""
        status = self.connection.info.transaction_status
        if status == TransactionStatus.IDLE:
            self._said = None
        if status == TransactionStatus.IDLE and self.connection.autocommit:
            return self._transaction_of_its_own() if writes() else NOTHING
        if status != TransactionStatus.INERROR:
            self._say()
        return NOTHING

    @contextmanager
    def _transaction_of_its_own(self) -> Iterator[None]:
        with self.connection.transaction():
            for statement in self._preambles():
                self.connection.execute(statement)
            yield

    def _say(self) -> None:
        """Once a transaction, and again when it has changed since.

        Whatever is begun or rolled back by hand (psycopg's own transactions, too) doesn't show here: so outside of
        Django's blocks, and once it has changed in one, it is said before every statement.
        """
        statements = self._preambles()
        if statements == self._said and self.in_atomic_block:
            return
        if not self._began_with(statements):
            for statement in statements:
                self.connection.execute(statement)
        self._said = statements if self._said in (None, statements) else CHANGED

    def _began_with(self, statements: list[str]) -> bool:
        """Whether it was all said in one message with the BEGIN, which psycopg would send ahead of it and wait.

        What goes wrong here is left to the ordinary way, whose errors are the right ones.
        """
        connection = self.connection
        is_plain = (connection.isolation_level, connection.read_only, connection.deferrable) == PLAIN
        if connection.info.transaction_status != TransactionStatus.IDLE or not statements or not is_plain:
            return False
        said = connection.pgconn.exec_("; ".join(["BEGIN", *statements]).encode(connection.info.encoding))
        if said.status != ExecStatus.TUPLES_OK:
            connection.rollback()
            return False
        return True

    @staticmethod
    def _preambles() -> list[str]:
        said = (preamble() for preamble in _preambles(tuple(settings.AMANA_TRANSACTION_PREAMBLES)))
        return [statement for statement in said if statement is not None]


@cache
def _preambles(paths: tuple[str, ...]) -> list[Preamble]:
    return [import_string(path) for path in paths]


def _forget_wrappers() -> None:
    """In a forked child: the parent's connections are the parent's; the next cursor opens another."""
    for alias in open_here():
        del connections[alias]
    open_here().clear()


os.register_at_fork(after_in_child=_forget_wrappers)
