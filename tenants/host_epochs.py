"""When what is remembered about a host stops being true."""

from collections.abc import Iterable
from uuid import uuid4

from django.core.cache import caches
from django.db import transaction


def forget_hosts(hosts: Iterable[str]) -> None:
    """Once the open transaction commits, let every process ask the catalog again about these hosts."""
    names = [*hosts]
    transaction.on_commit(
        lambda: caches["platform"].set_many({f"epoch:{name}": uuid4().hex for name in names}, None)
    )


def begin_epoch(host: str) -> str:
    """The epoch of a host that has none yet (Valkey is new); whoever is first decides it for all."""
    return str(caches["platform"].get_or_set(f"epoch:{host}", uuid4().hex, None))
