"""A sign of life while one piece of work takes long: from a thread of its own, until the work ends or is killed."""

import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from django.db import Error

from tenants.exceptions import ConnectionsBusy

logger = logging.getLogger(__name__)


@contextmanager
def beating(say: Callable[[], object], seconds: float, whose: str) -> Iterator[None]:
    """Call `say` each so many seconds for as long as the block; what the database refuses is tried again next time."""
    over = threading.Event()
    thread = threading.Thread(
        target=_beat, args=(say, seconds, whose, over), name=f"pulse of {whose}", daemon=True
    )
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def _beat(say: Callable[[], object], seconds: float, whose: str, over: threading.Event) -> None:
    while not over.wait(seconds):
        try:
            say()
        except (Error, ConnectionsBusy) as trouble:
            logger.warning("%s can't say that it lives: %s", whose, type(trouble).__name__)
