"""A cursor that first says what every transaction says, and gives a lone write a transaction to say it in."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import TYPE_CHECKING, Any

from django.db.backends.postgresql.base import Cursor  # type: ignore[attr-defined]
from psycopg.sql import Composable

if TYPE_CHECKING:
    from tenants.backend.base import DatabaseWrapper

FIRST_WORD = re.compile(r"(?:\s|--[^\n]*\n|/\*.*?\*/)*([a-zA-Z]*)", re.DOTALL)
WRITING = frozenset({"INSERT", "UPDATE", "DELETE", "MERGE", "COPY", "WITH", "CALL"})


class PreparedCursor(Cursor):  # type: ignore[misc]
    """Django's cursor for psycopg 3. `wrapper` is missing where the connection itself asks something."""

    wrapper: DatabaseWrapper | None = None

    def execute(self, query: Any, params: Any = None, **kwargs: Any) -> Any:
        with self._said(query):
            return super().execute(query, params, **kwargs)

    def executemany(self, query: Any, params_seq: Any, **kwargs: Any) -> None:
        with self._said(query):
            super().executemany(query, params_seq, **kwargs)

    @contextmanager
    def copy(self, statement: Any, params: Any = None, **kwargs: Any) -> Iterator[Any]:
        with self._said(statement), super().copy(statement, params, **kwargs) as copy:
            yield copy

    def _said(self, query: Any) -> AbstractContextManager[Any]:
        return self.wrapper.saying(lambda: self._writes(query)) if self.wrapper else nullcontext()

    def _writes(self, query: Any) -> bool:
        """Whether it may write; a SELECT of a function that does is the caller's to put into a transaction."""
        text = query.as_string(self) if isinstance(query, Composable) else query
        text = text.decode() if isinstance(text, bytes) else text
        found = FIRST_WORD.match(text)
        return found is not None and found[1].upper() in WRITING
