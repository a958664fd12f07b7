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
WORKS = {
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


@dataclass
class Side:
    """A process that works for as long as it is told."""

    name: str
    process: "subprocess.Popen[str]"
    seconds: dict[str, list[float]] = field(default_factory=dict)
    events: dict[str, int] = field(default_factory=dict)

    def work(self, name: str, rows: int, *, counts: bool) -> None:
        assert self.process.stdin
        self.process.stdin.write(f"{name}\t{rows}\n")
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


def run(sides: list[Side], rounds: int, *, warm: int) -> None:
    for number in range(-warm, rounds):
        turn = sides[number % len(sides) :] + sides[: number % len(sides)]
        for work in ORDER:
            for side in turn:
                side.work(work, max(WORKS.values()), counts=number >= 0)


def table(sides: list[Side]) -> None:
    bare, auditlog = (next(side for side in sides if side.name == name) for name in ("bare", LOOPING[0]))
    for work, rows in WORKS.items():
        target = f" (ours: at most {TARGETS[work]} x bare)" if work in TARGETS else ""
        print(f"\n{work}, {rows} rows{target}")
        print(f"{'':42}{'ms':>9}{'x bare':>9}{'ours faster':>13}{'events':>9}")
        ours = next(side for side in sides if side.name == "ours")
        for side in sides:
            seconds = side.median(work)
            print(
                f"  {side.name:40}{seconds * 1000:9.1f}{seconds / bare.median(work):9.2f}"
                f"{seconds / ours.median(work):11.2f} x{side.events[work]:9}"
            )
        if work in TARGETS:
            reached = ours.median(work) / bare.median(work) <= TARGETS[work]
            faster = auditlog.median(work) / ours.median(work) >= FASTER_THAN_AUDITLOG
            print(f"  {'met' if reached and faster else 'NOT MET'}")


def server() -> str:
    names = ("server_version", "fsync", "synchronous_commit", "full_page_writes")
    with psycopg.connect(os.environ["AMANA_PROVISIONER_URL"]) as connection:
        values = [connection.execute(f"SHOW {name}").fetchone()[0] for name in names]  # noqa: S608
    return ", ".join(f"{name} {value}" for name, value in zip(names, values, strict=True))


def main(rounds: int, loops: int, names: list[str]) -> None:
    install_peers()
    sides = [start(name) for name in SIDES if not names or name in names]
    run(sides, rounds, warm=2)
    looping = [start(name) for name in LOOPING if loops]
    run(looping, loops, warm=0)
    print(f"{server()}; {rounds} rounds, {loops} of those made to see all; medians")
    table([*sides, *looping]) if looping else short(sides)
    for side in (*sides, *looping):
        side.process.communicate()


def short(sides: list[Side]) -> None:
    bare = sides[0]
    for work in WORKS:
        figures = (f"{side.name} {side.median(work) * 1000:.1f} ms {side.median(work) / bare.median(work):.2f} x" for side in sides)
        print(f"{work:30}", " | ".join(figures))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--loops", type=int, default=3, help="rounds of the sides made to see all; 0: none")
    parser.add_argument("--only", nargs="*", default=[], help="bare and these, without --loops")
    given = parser.parse_args()
    main(given.rounds, given.loops, given.only)
