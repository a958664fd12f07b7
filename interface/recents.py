"""The records that a person opened last: kept in the tenant's own cache, as kind and id, resolved when shown."""

from collections.abc import Iterable, Iterator
from datetime import timedelta
from uuid import UUID

from django.core.cache import cache
from redis.exceptions import RedisError

from interface.navigation import Surface
from interface.palette import Record, searchable_named

KEPT = 8
REMEMBERED = timedelta(days=90).total_seconds()
Opened = tuple[str, UUID]


def remember(person: UUID, kind: str, pk: UUID) -> None:
    """Note that `person` opened this record now. Forgotten where Valkey is away: nobody waits for it."""
    opened = (kind, pk)
    others = [other for other in _recall(person) if other != opened]
    try:
        cache.set(_key(person), [opened, *others][:KEPT], REMEMBERED)
    except RedisError:
        return


def recent_records(user: object, person: UUID, surface: Surface) -> list[Record]:
    """Newest first; what is gone meanwhile, or may not be seen any more, isn't among them."""
    opened = _recall(person)
    there = {
        key: record
        for kind in {kind for kind, _ in opened}
        for key, record in _seen(user, kind, opened, surface)
    }
    return [there[key] for key in opened if key in there]


def _seen(
    user: object, kind: str, opened: Iterable[Opened], surface: Surface
) -> Iterator[tuple[Opened, Record]]:
    searchable = searchable_named(kind, surface, user)
    if searchable is None:
        return
    ids = [pk for other, pk in opened if other == kind]
    yield from (((kind, record.pk), record) for record in searchable.look_up(user, ids))


def _recall(person: UUID) -> list[Opened]:
    try:
        kept: list[Opened] = cache.get(_key(person), [])
    except RedisError:
        return []
    return kept


def _key(person: UUID) -> str:
    return f"recent:{person}"
