"""A request on a warm tenant against the same view on plain single-database Django: throughput, in one run.

    .venv/bin/python -m embedded exec --var /tmp/bench --tests -- .venv/bin/python bench/warm_request.py

Two processes, same code, templates and rows (a list of 50 contacts, signed in); they take turns on one machine.
"""

import argparse
import os
import statistics
import subprocess
import sys
from pathlib import Path

WARM = 10
HERE = Path(__file__).resolve().parent


class Side:
    """A process that answers requests for as long as it is told."""

    def __init__(self, kind: str, settings: str, threads: int, profile: bool) -> None:
        command = [sys.executable, str(HERE / "warm_side.py"), kind, str(threads)]
        self.process = subprocess.Popen(
            [*command, *(["--profile"] if profile else [])],
            env={**os.environ, "DJANGO_SETTINGS_MODULE": settings, "PYTHONPATH": f"{HERE}:{HERE.parent}"},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self.size = self._heard()

    def seconds(self, requests: int) -> float:
        assert self.process.stdin
        self.process.stdin.write(f"{requests}\n")
        self.process.stdin.flush()
        return self._heard()

    def _heard(self) -> float:
        assert self.process.stdout
        return float(self.process.stdout.readline())

    def end(self) -> None:
        self.process.communicate()


def main(rounds: int, requests: int, threads: int, profile: bool) -> None:
    ours = Side("ours", "config.settings", threads, profile)
    plain = Side("plain", "plain_settings", threads, profile)
    pairs = []
    for number in range(rounds + WARM):
        sides = (ours, plain) if number % 2 else (plain, ours)
        taken = {side: side.seconds(requests) for side in sides}
        if number >= WARM:
            pairs.append((taken[ours], taken[plain]))
    ours.end()
    plain.end()
    each = [statistics.median(column) / requests * 1000 for column in zip(*pairs, strict=True)]
    ratio = each[1] / each[0]
    print(f"{rounds} rounds of {requests} requests each, {threads} thread(s); pages of {ours.size:.0f} bytes")
    print(f"  ours   {each[0]:7.2f} ms a request")
    print(f"  plain  {each[1]:7.2f} ms a request ({plain.size:.0f} bytes)")
    print(f"  throughput: {ratio:.3f} x plain Django (must reach 0.95)")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=200)
    parser.add_argument("--requests", type=int, default=8)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--profile", action="store_true")
    given = parser.parse_args()
    main(given.rounds, given.requests, given.threads, given.profile)
