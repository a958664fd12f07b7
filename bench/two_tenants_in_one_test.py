"""What a test pays for two tenants: a savepoint per database, against one plain transaction.

.venv/bin/python -m embedded exec --var /tmp/bench --tests -- .venv/bin/python bench/two_tenants_in_one_test.py
"""

import argparse
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path

import django

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
django.setup()

import pytest  # noqa: E402
from django.db import transaction  # noqa: E402

from audit.context import acting  # noqa: E402
from business.contacts.models import Contact  # noqa: E402
from tenants.binding import CATALOG, Bindable, bound_to  # noqa: E402
from tests.support import fleet  # noqa: E402
from tests.support.savepoints import Savepoints  # noqa: E402


def plain(target: Bindable) -> None:
    """The least that any test with a database needs: one transaction that is rolled back."""
    with bound_to(target), transaction.atomic():
        _work()
        transaction.set_rollback(True)


def through_the_fixture(*targets: Bindable) -> None:
    """What tests/conftest.py does for a test that asks for these."""
    with pytest.MonkeyPatch.context() as monkeypatch:
        savepoints = Savepoints(monkeypatch)
        for target in targets:
            savepoints.keep(target)
        for target in targets:
            if target is not CATALOG:
                with bound_to(target):
                    _work()
        savepoints.close()


def _work() -> None:
    Contact(name="Dora").save(force_insert=True)


def milliseconds(run: Callable[[], None]) -> float:
    began = time.perf_counter()
    run()
    return (time.perf_counter() - began) * 1000


@acting("system:bench")
def main(rounds: int) -> None:
    fleet.prepare()
    clone = milliseconds(lambda: fleet.close(fleet.provision()))
    acme, globex = fleet.provision(), fleet.provision()
    kinds: dict[str, Callable[[], None]] = {
        "one plain transaction": lambda: plain(acme),
        "one tenant": lambda: through_the_fixture(acme),
        "two tenants": lambda: through_the_fixture(acme, globex),
        "two tenants and the catalog": lambda: through_the_fixture(acme, globex, CATALOG),
    }
    taken: dict[str, list[float]] = {kind: [] for kind in kinds}
    for _ in range(rounds):
        for kind, run in kinds.items():
            taken[kind].append(milliseconds(run))
    base = statistics.median(taken["one plain transaction"])
    print(f"a tenant made and closed, once a session: {clone:.0f} ms")
    print(f"per test, median of {rounds}, each with one INSERT a tenant:")
    for kind, times in taken.items():
        middle = statistics.median(times)
        print(f"  {kind:28} {middle:7.2f} ms   {middle / base:5.2f} x")
    for tenant in (acme, globex):
        fleet.close(tenant)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=300)
    main(parser.parse_args().rounds)
