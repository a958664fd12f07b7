"""Copies, drills and restores against the same by stock tools in the shell, in one run.

    .venv/bin/python -m embedded exec --var var/bench --tests -- .venv/bin/python -m bench.backups

`--megabytes` is the size of the large tenant, `--tenants` how many small ones there are; each part can be left out.
Every work has a process of its own; within a round they take turns. Needs age and zstd.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor

import django

STORE = f"file://{os.environ['AMANA_VAR']}/bench-copies"
os.environ["AMANA_BACKUP_STORE"] = STORE
django.setup()

# ruff: noqa: E402 - models can be imported once Django is set up
from audit.context import acting
from backups.drilling.planning import sign_identities
from backups.models import Backup, Drill, Tier
from bench.backups.filling import fill
from bench.backups.worker import missing_tools
from tenants.binding import CATALOG, bound_to
from tenants.models import Tenant
from tests.support import fleet

Figures = dict[str, list[dict[str, float]]]
AIM = 1.5  # times as long as the shell


def start(work: str, tenant: Tenant | None = None) -> "subprocess.Popen[str]":
    command = [sys.executable, "-m", "bench.backups.worker", work, *([str(tenant.pk)] if tenant else [])]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=sys.stderr, text=True)


def ended(process: "subprocess.Popen[str]") -> dict[str, float]:
    said, _ = process.communicate()
    assert process.returncode == 0, "A work failed: the reason stands above."
    told: dict[str, float] = json.loads(said.splitlines()[-1])
    return told


def in_turns(works: list[str], tenant: Tenant, rounds: int) -> Figures:
    found: Figures = {work: [] for work in works}
    for number in range(rounds):
        for work in works[number % len(works) :] + works[: number % len(works)]:
            found[work].append(ended(start(work, tenant)))
    return found


def median(found: Figures, work: str, what: str = "seconds") -> float:
    return statistics.median(each[what] for each in found[work])


def ratio(found: Figures, one: str, other: str) -> float:
    """Within a round, so that a busy machine disturbs it little."""
    pairs = zip(found[one], found[other], strict=True)
    return statistics.median(mine["seconds"] / its["seconds"] for mine, its in pairs)


def one_large(tenant: Tenant, size: int, rounds: int) -> None:
    found = in_turns(["our_copy", "our_pipeline", "our_fingerprint", "shell"], tenant, rounds)
    print(f"\nOne tenant of {size >> 20} MB, taken; {rounds} rounds, medians")
    for work, each in found.items():
        memory = max(figure["peak_mb"] for figure in each)
        idle = min(figure["idle_mb"] for figure in each)
        print(f"  {work:18}{median(found, work):8.2f} s   our peak {memory:4.0f} MB (idle {idle:.0f})")
    cost = ratio(found, "our_copy", "shell")
    share = 1 - 1 / ratio(found, "our_copy", "our_pipeline")
    print(
        f"  ours / pg_dump | zstd | age: {cost:.2f} x, at most {AIM}: {'met' if cost <= AIM else 'NOT MET'}"
    )
    print(
        f"  without the fingerprint {ratio(found, 'our_pipeline', 'shell'):.2f} x; its share of ours {share:.0%}"
    )


def restored(tenant: Tenant, size: int, rounds: int) -> None:
    found = in_turns(["our_restore", "bare_restore"], tenant, rounds)
    print(f"\nThe same, restored beside it and compared; {rounds} rounds, medians")
    for work in found:
        print(f"  {work:18}{median(found, work):8.2f} s")
    rate = (size >> 20) / median(found, "our_restore")
    print(
        f"  ours / age | zstd | pg_restore: {ratio(found, 'our_restore', 'bare_restore'):.2f} x; {rate:.0f} MB/s"
    )


def many_small(number: int, workers: int, drills: int) -> None:
    began = time.perf_counter()
    with ThreadPoolExecutor(4) as threads:
        tenants = list(threads.map(_made, range(number)))
    print(f"\n{number} small tenants made in {time.perf_counter() - began:.0f} s", flush=True)
    with bound_to(CATALOG):
        Backup.objects.bulk_create(Backup(tenant=each, tier=Tier.DAILY) for each in tenants)
    seconds = _all(["copies"] * workers)
    with bound_to(CATALOG):
        taken = [*Backup.objects.stored().filter(tier=Tier.DAILY, tenant__in=tenants)]
        assert len(taken) == number, f"{len(taken)} of {number} were taken."
        drilled = taken[:drills]
        Drill.objects.bulk_create(Drill(tenant_id=each.tenant_id, backup=each) for each in drilled)
    print(f"  nightly run: {60 * number / seconds:6.1f} copies a minute, by {workers} workers", flush=True)
    sign_identities()
    seconds = _all(["drills"])
    with bound_to(CATALOG):
        passed = Drill.objects.filter(backup__in=drilled, state=Drill.State.DONE).count()
    rate = 60 * len(drilled) / seconds
    print(f"  drill run:   {rate:6.1f} drills a minute, by one worker; {passed} of {len(drilled)} passed")
    for tenant in tenants:
        fleet.close(tenant)


@acting("system:bench")
def _made(_: int) -> Tenant:
    return fleet.provision()


def _all(works: list[str]) -> float:
    began = time.perf_counter()
    for process in [start(work) for work in works]:
        ended(process)
    return time.perf_counter() - began


@acting("system:bench")
def main(given: argparse.Namespace) -> None:
    missing = missing_tools()
    if missing:
        raise SystemExit(f"Install {' and '.join(missing)} first.")
    fleet.prepare()
    if given.megabytes:
        tenant = fleet.provision()
        size = fill(tenant, given.megabytes)
        one_large(tenant, size, given.rounds)
        restored(tenant, size, given.rounds)
        fleet.close(tenant)
    if given.tenants:
        many_small(given.tenants, given.workers, given.drills)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--megabytes", type=int, default=1000, help="of the large tenant; 0: none")
    parser.add_argument("--tenants", type=int, default=500, help="small ones; 0: none")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument(
        "--drills", type=int, default=500, help="of the small ones' copies; at most that many"
    )
    parser.add_argument("--workers", type=int, default=2, help="that take copies")
    main(parser.parse_args())
