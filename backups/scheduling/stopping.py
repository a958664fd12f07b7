"""A worker that is asked to end puts back what it has in hand: the wish reaches the process that is at it.

Celery tells the worker's main process only, which waits for its children; this byte is shared with them since it was
there before they were.
"""

import mmap
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from django.utils.translation import gettext_noop

from backups.exceptions import BackupError
from backups.sentences import sentence
from backups.storage import Readable
from tenants.exceptions import WorkerEnds

LOOK_EVERY = 1.0  # seconds
ENDS = sentence(gettext_noop("The worker was told to end."))
_asked = mmap.mmap(-1, 1)


class Stopped(BackupError, WorkerEnds):
    """The worker ends; another goes on: with a copy or a drill from its beginning, with a restore where it stopped."""


def ask_to_stop() -> None:
    """In the worker's main process, when it is told to end."""
    _asked[0] = 1


def is_stopping() -> bool:
    return _asked[0] == 1


def check() -> None:
    """Raises Stopped."""
    if is_stopping():
        raise Stopped(ENDS)


@contextmanager
def breaking_off(way: Callable[[], object]) -> Iterator[None]:
    """`way` ends what goes on in the block, from another thread, once the worker is told to end. Raises Stopped then,
    whatever came of the block.
    """
    over, used = threading.Event(), threading.Event()
    watcher = threading.Thread(target=_break_off, args=(way, over, used), daemon=True)
    watcher.start()
    try:
        yield
    finally:
        over.set()
        watcher.join()
        if used.is_set():
            check()


def _break_off(way: Callable[[], object], over: threading.Event, used: threading.Event) -> None:
    """Again and again: what follows in the block ends, too."""
    while not over.wait(LOOK_EVERY):
        if is_stopping():
            used.set()
            way()


@dataclass(frozen=True)
class Heeding:
    """What is read for long, unless the worker is told to end."""

    file: Readable

    def read(self, size: int = -1, /) -> bytes:
        """Raises Stopped."""
        check()
        return self.file.read(size)
