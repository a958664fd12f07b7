"""A worker that is asked to end puts its copy back: the wish reaches the process that takes it, block by block.

Celery tells the worker's main process only, which waits for its children; this byte is shared with them since it was
there before they were.
"""

import mmap

from backups.exceptions import BackupError

_asked = mmap.mmap(-1, 1)


class Stopped(BackupError):
    """The worker ends; another takes the copy from its beginning."""


def ask_to_stop() -> None:
    """In the worker's main process, when it is told to end."""
    _asked[0] = 1


def is_stopping() -> bool:
    return _asked[0] == 1


def check() -> None:
    """Raises Stopped."""
    if is_stopping():
        raise Stopped("The worker was told to end.")
