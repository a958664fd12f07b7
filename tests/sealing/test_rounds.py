"""A round goes through every database, opens those with something new, and writes down how it stands."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from audit import rounds, sealing
from audit.models import SealState
from audit.sealer import sealer
from audit.sealing import Sealing
from tenants.binding import CATALOG, bound_to
from tenants.models import Tenant
from tests.sealing.sealed import as_tenant, begin_and_write, seal_now, verified, write


@pytest.fixture(autouse=True)
def no_states(databases: None) -> Iterator[None]:
    forget()
    yield
    forget()


def forget() -> None:
    with bound_to(CATALOG):
        SealState.objects.all().delete()


@pytest.fixture
def only(hooli: Tenant, monkeypatch: pytest.MonkeyPatch) -> Tenant:
    """A round over this tenant: the suite's other tenants have anchors elsewhere."""
    monkeypatch.setattr(rounds, "places", lambda: [hooli.place])
    return hooli


@pytest.fixture
def looks(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The databases that were opened to seal them."""
    seen: list[str] = []
    real = sealing.seal

    def noted(connection: Any, place: Any) -> Sealing:
        seen.append(place.database)
        return real(connection, place)

    monkeypatch.setattr(rounds, "seal", noted)
    return seen


def state(tenant: Tenant) -> SealState:
    with bound_to(CATALOG):
        return SealState.objects.get(database=tenant.schema_name)


def test_the_catalog_and_each_tenant_with_a_database_have_their_turn(hooli: Tenant) -> None:
    names = [place.database for place in rounds.places()]
    assert names[0] == "catalog"
    assert hooli.schema_name in names


def test_what_is_new_is_sealed_and_written_down(only: Tenant) -> None:
    write(only, "Olivia Brindley")

    assert rounds.seal_everything() == 1

    assert (state(only).error, state(only).oldest_unsealed_at, state(only).strays) == ("", None, 0)
    assert verified(only) == ""


def test_an_idle_database_is_not_opened_and_counts_as_looked_at(only: Tenant, looks: list[str]) -> None:
    rounds.seal_everything()
    rounds.seal_everything()  # our own seals were counted as writes
    looks.clear()
    before = state(only).looked_at

    rounds.seal_everything()

    assert looks == []
    assert state(only).looked_at > before


def test_it_is_opened_when_a_row_was_written(only: Tenant, looks: list[str]) -> None:
    rounds.seal_everything()
    rounds.seal_everything()
    looks.clear()
    with as_tenant(only) as connection:
        begin_and_write(connection)
    # closed, its counters are with the server

    assert rounds.seal_everything() == 1
    assert looks == [only.schema_name]


@pytest.mark.sampled
@pytest.mark.parametrize(
    "changed",
    [
        {"opened_at": timezone.now() - timedelta(minutes=16)},
        {"error": "once"},
        {"strays": 1},
        {"oldest_unsealed_at": timezone.now()},
        {"writes": None},
    ],
)
def test_it_is_opened_where_the_last_look_left_something_or_is_long_ago(
    only: Tenant, looks: list[str], changed: dict[str, Any]
) -> None:
    rounds.seal_everything()
    rounds.seal_everything()
    looks.clear()
    with bound_to(CATALOG):
        SealState.objects.update(**changed)

    rounds.seal_everything()

    assert looks == [only.schema_name]


def test_one_databases_trouble_stops_no_other(
    hooli: Tenant, new_tenant: Callable[[], Tenant], monkeypatch: pytest.MonkeyPatch
) -> None:
    other = new_tenant()
    gone = hooli.place.__class__(**{**vars(hooli.place), "database": "t_0000000000000000"})
    monkeypatch.setattr(rounds, "places", lambda: [gone, other.place])

    rounds.seal_everything()

    with bound_to(CATALOG):
        failed = SealState.objects.get(database="t_0000000000000000")
    assert 'database "t_0000000000000000" does not exist' in failed.error
    assert failed.oldest_unsealed_at is not None
    assert state(other).error == ""


def test_a_log_that_contradicts_its_anchors_is_sealed_no_more_and_says_so(only: Tenant, anchors: Any) -> None:
    rounds.seal_everything()
    (anchors / f"{only.schema_name}.jsonl").unlink()
    with as_tenant(only) as connection:
        begin_and_write(connection)

    assert rounds.seal_everything() == 0

    assert state(only).error == "The anchor file ends at batch 0, the catalog's anchors at 3."


def test_a_sealer_at_work_elsewhere_is_no_trouble_and_no_look(only: Tenant) -> None:
    rounds.seal_everything()
    before = state(only).opened_at
    with as_tenant(only) as connection:
        begin_and_write(connection)
    with sealer(only.place) as other, other.transaction():
        other.execute("SELECT audit.seal_alone(false)")
        rounds.seal_everything()

    assert (state(only).error, state(only).opened_at) == ("", before)
    assert seal_now(only).batches == 1
