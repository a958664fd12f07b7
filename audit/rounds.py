"""A round: every tenant's log and the platform's own, looked at and sealed where anything was written."""

import logging
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from itertools import groupby
from zlib import crc32

from django.utils import timezone
from psycopg import Error

from audit.exceptions import SealingElsewhere
from audit.models import SealState
from audit.sealer import sealer
from audit.sealing import seal
from tenants.binding import CATALOG, bound_to
from tenants.models import Tenant
from tenants.places import Place

logger = logging.getLogger(__name__)
ANYWAY = timedelta(minutes=10)
WRITES = """
    SELECT datname, tup_inserted + tup_updated + tup_deleted FROM pg_stat_database WHERE datname IS NOT NULL"""
PAGE = 100
States = dict[str, SealState]


def seal_everything() -> int:
    """One round; returns how many batches it made. One database's trouble, whatever it is, stops no other.

    A database whose counters of written rows stand still is opened every ten minutes or so: a thousand idle ones cost
    next to nothing.
    """
    made = 0
    with bound_to(CATALOG):
        states: States = SealState.objects.in_bulk()
    for page in _pages(_rounds(places(), states)):
        made += sum(batches for _, batches in page)
        with bound_to(CATALOG):
            _save([state for state, _ in page])
    return made


def places() -> list[Place]:
    """Whose log there is to seal: the catalog's first."""
    with bound_to(CATALOG):
        tenants = [*Tenant.objects.with_database().select_related("server")]
        places = [CATALOG, *(tenant.place for tenant in tenants)]
        SealState.objects.exclude(database__in=[place.database for place in places]).delete()
    return places


def _rounds(places: list[Place], states: States) -> Iterator[tuple[SealState, int]]:
    for _, here in groupby(sorted(places, key=_server), key=_server):
        on_one_server = [*here]
        writes = _writes(on_one_server)
        for place in on_one_server:
            state = states.get(place.database)
            if state and _is_idle(state, writes):
                state.looked_at = timezone.now()
                yield state, 0
            else:
                yield _look(place, state, writes.get(place.database))


def _server(place: Place) -> tuple[str, str, bool]:
    """The catalog's own server has no name, and the catalog comes first on it."""
    return place.host, place.port, not place.is_catalog


def _writes(places: list[Place]) -> dict[str, int]:
    """Rows written so far in each database of a server, seen from the first that opens; {} where none does."""
    for place in places:
        try:
            with sealer(place) as connection:
                return dict(connection.execute(WRITES).fetchall())
        except Error as error:
            logger.warning("%s can't be opened: %s", place.database, error)
    return {}


def _is_idle(state: SealState, writes: dict[str, int]) -> bool:
    """Nothing was written since the last look, which left nothing to do; the counters are read before each look."""
    now = timezone.now()
    nothing_left = state.oldest_unsealed_at is None and not state.error and not state.strays
    is_recent = now - state.opened_at < _patience(state.database)
    return nothing_left and is_recent and state.writes == writes.get(state.database, -1)


def _patience(database: str) -> timedelta:
    """Five to fifteen minutes, another for each, so that a thousand are never opened in one round."""
    return ANYWAY * (0.5 + crc32(database.encode()) % 1000 / 1000)


def _look(place: Place, state: SealState | None, writes: int | None) -> tuple[SealState, int]:
    """Open it and seal what there is. Its trouble is written down, and what was unsealed stays as old as it was."""
    before = state.oldest_unsealed_at if state else None
    now = timezone.now()
    seen = SealState(database=place.database, looked_at=now, opened_at=now, writes=writes)
    try:
        with sealer(place) as connection:
            done = seal(connection, place)
    except SealingElsewhere:
        return state or seen, 0
    except Exception as error:  # noqa: BLE001 - whatever it is, the others go on
        logger.error("The log of %s can't be sealed: %s", place.database, error)
        seen.error = str(error).partition("\n")[0] or type(error).__name__
        seen.oldest_unsealed_at = before or now
        return seen, 0
    seen.oldest_unsealed_at, seen.strays = done.oldest_unsealed_at, done.strays
    return seen, done.batches


def _pages(looks: Iterable[tuple[SealState, int]]) -> Iterator[list[tuple[SealState, int]]]:
    """Written down now and then, so that a long round doesn't look like a dead one."""
    page: list[tuple[SealState, int]] = []
    begun = timezone.now()
    for look in looks:
        page.append(look)
        if len(page) >= PAGE or _is_old(begun):
            yield page
            page, begun = [], timezone.now()
    if page:
        yield page


def _is_old(begun: datetime) -> bool:
    return timezone.now() - begun > timedelta(seconds=5)


def _save(states: list[SealState]) -> None:
    SealState.objects.bulk_create(
        states,
        update_conflicts=True,
        unique_fields=["database"],
        update_fields=["looked_at", "opened_at", "writes", "oldest_unsealed_at", "strays", "error"],
    )
