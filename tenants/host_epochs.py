"""When what is remembered about a host stops being true."""

from collections.abc import Iterable
from datetime import timedelta
from uuid import uuid4

from django.core.cache import caches
from django.db import transaction
from redis.exceptions import RedisError

from tenants.exceptions import TenantUnavailable

CACHE_AWAY = "The cache that remembers addresses is away, so nothing was changed: try again when it is back."
LONGEST_EPOCH = timedelta(minutes=15).total_seconds()


def forget_hosts(hosts: Iterable[str]) -> None:
    """Let every process ask the catalog again about these hosts: now, and once the open transaction has committed.

    Raises TenantUnavailable while Valkey is away: it might come back remembering what was changed meanwhile.
    """
    names = [*hosts]
    try:
        _begin_epochs(names)
    except RedisError as error:
        raise TenantUnavailable(CACHE_AWAY) from error
    transaction.on_commit(lambda: _begin_epochs(names), robust=True)


def _begin_epochs(hosts: list[str]) -> None:
    caches["platform"].set_many({f"epoch:{host}": uuid4().hex for host in hosts}, LONGEST_EPOCH)


def begin_epoch(host: str) -> str:
    """The epoch of a host that has none yet (Valkey is new); whoever is first decides it for all.

    It ends by itself: anybody can ask for hosts that don't exist, and nobody would ever take their epochs away.
    """
    return str(caches["platform"].get_or_set(f"epoch:{host}", uuid4().hex, LONGEST_EPOCH))
