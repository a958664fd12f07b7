"""Unwrapped keys in this process's memory: few, for a short time, and gone soon after anybody destroys one."""

import os
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Any, TypeVar

from django.conf import settings

from keys.exceptions import KeyStoreAway
from keys.store import key_store

T = TypeVar("T")
LOOK_EVERY = 1.0
LOOK_AGAIN = 5.0


class Memory:
    """At most `number` things, each for `seconds` at most; the least recently used goes first.

    Once a second the key store is asked whether keys were added or destroyed anywhere, and all is forgotten then.
    While the key store is away what is remembered is believed for its `seconds`. A forked child knows nothing.
    Python can't overwrite freed memory: a dump of the process may show a key for longer.
    """

    def __init__(self, seconds: float, number: int) -> None:
        self.seconds, self.number = seconds, number
        self._changes: int | None = None
        self.forget()

    def forget(self) -> None:
        """Now, in this process; also what is being loaded at this moment isn't kept."""
        self._lock = threading.Lock()
        self._kept: OrderedDict[Hashable, tuple[float, Any]] = OrderedDict()
        self._look_at = 0.0

    def __len__(self) -> int:
        return len(self._kept)

    def recall(self, name: Hashable, load: Callable[[], T]) -> T:
        """What is kept under `name`, else what `load` gives, kept from now on."""
        self._look()
        kept = self._kept
        with self._lock:
            until, value = kept.get(name, (0.0, None))
            if until > time.monotonic():
                kept.move_to_end(name)
                return value  # type: ignore[no-any-return]
        value = load()
        with self._lock:
            kept[name] = (time.monotonic() + self.seconds, value)
            kept.move_to_end(name)
            while len(kept) > self.number:
                kept.popitem(last=False)
        return value

    def _look(self) -> None:
        with self._lock:
            if time.monotonic() < self._look_at:
                return
            self._look_at = time.monotonic() + LOOK_EVERY
        try:
            changes = count_changes()
        except KeyStoreAway:
            self._look_at = time.monotonic() + LOOK_AGAIN
            return
        if changes != self._changes:
            self._changes = changes
            self._kept = OrderedDict()


def count_changes() -> int:
    with key_store() as connection:
        row = connection.execute("SELECT count FROM change").fetchone()
    return int(row[0]) if row else 0


memory = Memory(settings.AMANA_KEYS_SECONDS, settings.AMANA_KEYS_NUMBER)
os.register_at_fork(after_in_child=memory.forget)
