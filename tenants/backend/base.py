"""Django's PostgreSQL backend, opened only for what is bound, from one bounded pool."""

import os
from collections.abc import Callable
from typing import Any, cast

from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.postgresql import base as postgresql
from django.utils.functional import cached_property
from django.utils.module_loading import import_string
from psycopg import Connection, Cursor

from tenants.binding import bound_place, is_bound, open_here
from tenants.databases import refusal
from tenants.identity import check_identity
from tenants.pool import pool

Preamble = Callable[["DatabaseWrapper"], tuple[str, list[Any]] | None]


class DatabaseWrapper(postgresql.DatabaseWrapper):
    """One thread's connection to one database: it never becomes another's."""

    def __init__(self, settings_dict: dict[str, Any], alias: str) -> None:
        super().__init__(settings_dict, alias)
        self._preamble_due = False
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

    def _close(self) -> None:
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

    def check_database_version_supported(self) -> None:
        """The pool opens connections for thousands of aliases: bootstrap.sql checked the server already."""

    def set_autocommit(
        self, autocommit: bool, force_begin_transaction_with_broken_autocommit: bool = False
    ) -> None:
        super().set_autocommit(autocommit, force_begin_transaction_with_broken_autocommit)
        self._preamble_due = not autocommit

    def create_cursor(self, name: str | None = None) -> Cursor[Any]:
        """A cursor; the transaction's first one is preceded by what every transaction sets."""
        if self._preamble_due:
            self._preamble_due = False
            self._run_preambles()
        return cast("Cursor[Any]", super().create_cursor(name))

    @cached_property
    def _preambles(self) -> list[Preamble]:
        return [import_string(path) for path in settings.AMANA_TRANSACTION_PREAMBLES]

    def _run_preambles(self) -> None:
        for preamble in self._preambles:
            statement = preamble(self)
            if statement is not None:
                self.connection.execute(*statement)


def _forget_wrappers() -> None:
    """In a forked child: the parent's connections are the parent's; the next cursor opens another."""
    for alias in open_here():
        del connections[alias]
    open_here().clear()


os.register_at_fork(after_in_child=_forget_wrappers)
