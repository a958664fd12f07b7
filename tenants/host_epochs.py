"""When what is remembered about a host stops being true."""

from collections.abc import Iterable
from datetime import timedelta
from uuid import uuid4

from django.core.cache import caches
from django.db import transaction

LONGEST_EPOCH = timedelta(minutes=15).total_seconds()


def forget_hosts(hosts: Iterable[str]) -> None:
    """Once the open transaction commits, let every process ask the catalog again about these hosts."""
    names = [*hosts]
    transaction.on_commit(
        lambda: caches["platform"].set_many({f"epoch:{name}": uuid4().hex for name in names}, None)
    )


def begin_epoch(host: str) -> str:
    """The epoch of a host that has none yet (Valkey is new); whoever is first decides it for all.

    It ends by itself: anybody can ask for hosts that don't exist, and nobody would ever take their epochs away.
    """
    return str(caches["platform"].get_or_set(f"epoch:{host}", uuid4().hex, LONGEST_EPOCH))
