"""What a log costs, and what it sees: ours, three libraries and none, on one PostgreSQL that really writes.

    .venv/bin/python -m embedded exec --var var/bench -- .venv/bin/python -m bench.activity [--rounds 9]

Each side has a process and a database of its own; within a round they take turns at each work. Without --tests the
embedded PostgreSQL has fsync, synchronous_commit and full_page_writes on. The first run asks pip for the libraries.
"""

import argparse
import os
import statistics
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

import psycopg
from psycopg import sql

from tenants.identifiers import new_database_name

HERE = Path(__file__).resolve().parent
PEERS = HERE.parents[1] / "var" / "bench-peers"
BY_LOOP = ", made to see all"
SIDES = (
    "bare",
    "ours",
    "django-pghistory",
    "django-pghistory, by statement",
    "django-auditlog",
    "django-simple-history",
)
LOOPING = tuple(name + BY_LOOP for name in ("django-auditlog", "django-simple-history"))
WORKS = {  # and how many rows each writes
    "save": 100,
    "save, 100 in one transaction": 100,
    "bulk_create": 10_000,
    "bulk_update": 2_000,
    "queryset.update": 10_000,
    "raw SQL": 10_000,
    "delete": 10_000,
}
ORDER = ["bulk_create", *(name for name in WORKS if name not in {"bulk_create", "delete"}), "delete"]
TARGETS = {"save": 1.4, "bulk_create": 1.7, "queryset.update": 3.5}
FASTER_THAN_AUDITLOG = 2.5
WARM = 2


@dataclass
class Side:
    """A process that works for as long as it is told."""

    name: str
    process: "subprocess.Popen[str]"
    seconds: dict[str, list[float]] = field(default_factory=dict)
    events: dict[str, int] = field(default_factory=dict)

    def work(self, name: str, *, counts: bool) -> None:
        assert self.process.stdin
        self.process.stdin.write(f"{name}\n")
        self.process.stdin.flush()
        seconds, events = self.heard().split()
        if counts:
            self.seconds.setdefault(name, []).append(float(seconds))
            self.events[name] = int(events)

    def heard(self) -> str:
        assert self.process.stdout
        return self.process.stdout.readline()

    def median(self, work: str) -> float:
        return statistics.median(self.seconds[work])

    def times(self, other: "Side", work: str) -> float:
        """How many times as long as the other in the same round."""
        pairs = zip(self.seconds[work], other.seconds[work], strict=False)
        return statistics.median(mine / its for mine, its in pairs)


def start(name: str) -> Side:
    library = name.removesuffix(BY_LOOP)
    environment = os.environ | {
        "ACTIVITY_SIDE": library,
        "DJANGO_SETTINGS_MODULE": f"bench.activity.settings_{'ours' if name == 'ours' else 'stock'}",
        "PYTHONPATH": f"{HERE.parents[1]}:{PEERS}",
        "STOCK_DATABASE": "" if name == "ours" else stock_database(),
    }
    command = [sys.executable, "-m", "bench.activity.side", *(["--loops"] if name.endswith(BY_LOOP) else [])]
    process = subprocess.Popen(
        command, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    side = Side(name, process)
    assert side.heard() == "ready\n", f"{name} didn't start."
    return side


def stock_database() -> str:
    name = new_database_name()
    with psycopg.connect(os.environ["AMANA_PROVISIONER_URL"], autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {} TEMPLATE template0").format(sql.Identifier(name)))
    return name


def install_peers() -> None:
    """Beside the environment's Django and psycopg, which every side shares."""
    if not PEERS.exists():
        command = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--target", str(PEERS)]
        subprocess.run([*command, "-r", str(HERE / "peers.txt")], check=True)


def run(sides: list[Side], looping: list[Side], rounds: int, loops: int) -> None:
    """Those made to see all take part in the first rounds only: they need minutes."""
    for number in range(-WARM, rounds):
        there = sides + (looping if 0 <= number < loops else [])
        first = number % len(there)
        for work in ORDER:
            for side in there[first:] + there[:first]:
                side.work(work, counts=number >= 0)


def table(sides: list[Side]) -> None:
    by_name = {side.name: side for side in sides}
    for work, rows in WORKS.items():
        print(f"\n{work}, {rows} rows\n{'':40}{'ms':>9}{'x bare':>9}{'ours faster':>13}{'events':>9}")
        for side in sides:
            print(
                f"  {side.name:38}{side.median(work) * 1000:9.1f}{side.times(by_name['bare'], work):9.2f}"
                f"{side.times(by_name['ours'], work):11.2f} x{side.events[work]:9}"
            )
        if work in TARGETS:
            print(f"  {verdict(work, by_name)}")


def verdict(work: str, sides: dict[str, Side]) -> str:
    cost = sides["ours"].times(sides["bare"], work)
    said = f"at most {TARGETS[work]} x bare: {'met' if cost <= TARGETS[work] else 'NOT MET'}"
    if LOOPING[0] in sides:
        gain = sides[LOOPING[0]].times(sides["ours"], work)
        met = "met" if gain >= FASTER_THAN_AUDITLOG else "NOT MET"
        said += f"; {FASTER_THAN_AUDITLOG} x faster than django-auditlog made to see all: {met}"
    return said


def server() -> str:
    names = ("server_version", "fsync", "synchronous_commit", "full_page_writes")
    with psycopg.connect(os.environ["AMANA_PROVISIONER_URL"]) as connection:
        values = [connection.execute(f"SHOW {name}").fetchone()[0] for name in names]
    return ", ".join(f"{name} {value}" for name, value in zip(names, values, strict=True))


def main(rounds: int, loops: int, names: list[str]) -> None:
    install_peers()
    sides = [start(name) for name in SIDES if not names or name in {"bare", "ours", *names}]
    looping = [start(name) for name in LOOPING if loops]
    run(sides, looping, rounds, loops)
    print(f"{server()}; {rounds} rounds, {loops} of those made to see all; medians")
    table([*sides, *looping])
    for side in (*sides, *looping):
        side.process.communicate()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--loops", type=int, default=3, help="rounds of the sides made to see all; 0: none")
    parser.add_argument("--only", nargs="*", default=[], help="these sides; bare and ours always")
    given = parser.parse_args()
    main(given.rounds, given.loops, given.only)
