"""A worker's word that it lives, also while one piece of work takes hours: each minute, from a thread of its own."""

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import Error

from backups.models import Pulse
from tenants.binding import in_catalog
from tenants.clock import time_of_catalog
from tenants.exceptions import ConnectionsBusy

logger = logging.getLogger(__name__)
BEAT_SECONDS = 60.0


def say_alive(name: str) -> None:
    """By the catalog's clock, whatever is bound."""
    in_catalog(lambda: Pulse.objects.beat(name, time_of_catalog()))


@contextmanager
def alive(name: str) -> Iterator[None]:
    """`name`, a worker, lives as long as the block: one that is killed, or stopped, says nothing more."""
    over = threading.Event()
    say_alive(name)
    thread = threading.Thread(target=_beat, args=(name, over), name=f"pulse of {name}", daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def _beat(name: str, over: threading.Event) -> None:
    while not over.wait(BEAT_SECONDS):
        try:
            say_alive(name)
        except (Error, ConnectionsBusy) as trouble:
            logger.warning("The worker %s can't say that it lives: %s", name, type(trouble).__name__)
