"""A worker's word that it lives, also while one piece of work takes hours."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial

from backups.models import Pulse
from tenants.binding import in_catalog
from tenants.clock import time_of_catalog
from tenants.heartbeats import beating

BEAT_SECONDS = 60.0


def say_alive(name: str) -> None:
    """By the catalog's clock, whatever is bound."""
    in_catalog(lambda: Pulse.objects.beat(name, time_of_catalog()))


@contextmanager
def alive(name: str) -> Iterator[None]:
    """`name`, a worker, lives as long as the block: one that is killed, or stopped, says nothing more."""
    say_alive(name)
    with beating(partial(say_alive, name), BEAT_SECONDS, f"the worker {name}"):
        yield
