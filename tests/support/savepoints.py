"""Tests that leave no trace: one transaction per database, open as long as the test, then rolled back."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import pytest
from django.db import transaction

from tenants import binding
from tenants.binding import bound_to


class Savepoints:
    """Keeps the connections of chosen places in this thread, in a transaction that never commits."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self._kept: set[str] = set()
        self._stack = ExitStack()
        self._leave = binding.leave_thread
        monkeypatch.setattr(binding, "leave_thread", self._leave_unless_kept)

    def keep(self, target: binding.Bindable) -> None:
        if target.place.alias not in self._kept:
            self._stack.enter_context(self._transaction(target))

    def close(self) -> None:
        self._stack.close()

    @contextmanager
    def _transaction(self, target: binding.Bindable) -> Iterator[None]:
        alias = target.place.alias
        self._kept.add(alias)
        block = transaction.atomic(using=alias)
        # the outermost block of the product is one inside it
        block._from_testcase = True  # type: ignore[attr-defined]
        with bound_to(target):
            block.__enter__()
        yield
        with bound_to(target):
            transaction.set_rollback(True, using=alias)
            block.__exit__(None, None, None)
            self._kept.discard(alias)

    def _leave_unless_kept(self, alias: str) -> None:
        if alias not in self._kept:
            self._leave(alias)
