"""Who comes at the same moment is counted one after the other, whichever spot they come from."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest

from accounts.limits.attempts import begin
from accounts.limits.counting import take
from accounts.limits.rates import RATES
from audit.context import acting
from tenants.binding import bound_to
from tenants.models import Tenant
from tests.limits.trying import IN_ALL
from tests.support import fleet

THREADS, ROUNDS = 6, 8


@pytest.fixture
def committed(databases: None) -> Iterator[Tenant]:
    made = fleet.provision()
    yield made
    fleet.close(made)


def at_once(tenant: Tenant, ask: Callable[[int], int], times: int) -> int:
    """How many of `times` questions, asked by all threads in step, were answered 0: go on."""
    together = Barrier(THREADS, timeout=30)

    def come(number: int) -> list[int]:
        with acting("test"):
            return [_asked(together, tenant, ask, number * 1000 + turn) for turn in range(times // THREADS)]

    with ThreadPoolExecutor(THREADS) as threads:
        waits = [wait for found in threads.map(come, range(THREADS)) for wait in found]
    assert len(waits) == times
    return waits.count(0)


def _asked(together: Barrier, tenant: Tenant, ask: Callable[[int], int], number: int) -> int:
    with bound_to(tenant):
        together.wait()
        return ask(number)


def test_attempts_with_one_address_from_many_spots(committed: Tenant) -> None:
    for number in range(ROUNDS):
        key = f"{number:032}"
        passed = at_once(committed, lambda n, key=key: begin(key, f"10.{n // 250}.0.{n % 250}").wait, 30)  # type: ignore[misc]
        assert passed == IN_ALL


def test_attempts_from_one_spot(committed: Tenant) -> None:
    for number in range(ROUNDS):
        key = f"{number:032}"
        assert at_once(committed, lambda _, key=key: begin(key, "10.0.0.1").wait, 18) == 10  # type: ignore[misc]


def test_requests_with_one_address(committed: Tenant) -> None:
    times = RATES["forgot-password"]["address"].times
    for number in range(ROUNDS):
        email = f"{number}@acme.example"
        passed = at_once(committed, lambda _, email=email: take("forgot-password", "address", email).wait, 12)  # type: ignore[misc]
        assert passed == times
