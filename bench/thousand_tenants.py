"""Many tenants at random (Zipf) against one, in the same process, within 40 connections: throughput, in one run.

.venv/bin/python -m embedded exec --var /tmp/bench --tests -- .venv/bin/python bench/thousand_tenants.py 1000
"""

import argparse
import os
import random
import statistics
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import django

os.environ["AMANA_DB_BUDGET"] = "40"
os.environ["AMANA_DB_PROCESSES"] = "1"
sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

django.setup()

import psycopg  # noqa: E402
from django.conf import settings  # noqa: E402
from django.core.wsgi import get_wsgi_application  # noqa: E402
from warm_side import fill  # noqa: E402

from audit.context import acting  # noqa: E402
from tenants.binding import bound_to  # noqa: E402
from tenants.pool import pool  # noqa: E402
from tests.storm.browser import Application, Browser  # noqa: E402
from tests.support import fleet  # noqa: E402

OURS = "SELECT count(*) FROM pg_stat_activity WHERE usename LIKE 't\\_%' OR usename = 'amana_catalog'"


def made(application: Application, number: int) -> list[Browser]:
    """A browser at each of so many tenants, which are set up by the product's own provisioning."""

    @acting("system:bench")
    def make(_: int) -> Browser:
        tenant = fleet.provision()
        browser = Browser(application, tenant.primary_host)
        with bound_to(tenant):
            browser.cookies = {settings.SESSION_COOKIE_NAME: fill()}
        return browser

    with ThreadPoolExecutor(4) as threads:
        return list(threads.map(make, range(number)))


def seconds(asked: list[Browser], threads: ThreadPoolExecutor) -> float:
    began = time.perf_counter()
    for status in threads.map(lambda browser: browser.get("/contacts/").status, asked):
        assert status == 200
    return time.perf_counter() - began


class Watch(threading.Thread):
    """The most connections that PostgreSQL ever saw of us."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.most, self.over = 0, threading.Event()

    def run(self) -> None:
        with psycopg.connect(os.environ["AMANA_SUPERUSER_URL"], autocommit=True) as superuser:
            while not self.over.wait(0.02):
                row = superuser.execute(OURS).fetchone()
                self.most = max(self.most, row[0] if row else 0)


@acting("system:bench")
def main(number: int, rounds: int, requests: int, threads: int) -> None:
    assert pool.cap == 40
    fleet.prepare()
    began = time.perf_counter()
    browsers = made(get_wsgi_application(), number)
    print(f"{number} tenants made in {time.perf_counter() - began:.0f} s", flush=True)
    chance = random.Random(1)  # noqa: S311 - the same visits in each run
    weights = [1 / rank for rank in range(1, number + 1)]
    watch, pairs = Watch(), []
    watch.start()
    with ThreadPoolExecutor(threads) as running:
        for turn in range(rounds + 1):
            one = seconds(browsers[:1] * requests, running)
            many = seconds(chance.choices(browsers, weights, k=requests), running)
            if turn:
                pairs.append((one, many))
    watch.over.set()
    watch.join()
    each = [statistics.median(column) / requests * 1000 for column in zip(*pairs, strict=True)]
    ratio = statistics.median(one / many for one, many in pairs)
    print(f"{rounds} rounds of {requests} requests, {threads} threads, one process")
    print(f"  one tenant    {each[0]:7.2f} ms a request")
    print(f"  {number:4} tenants  {each[1]:7.2f} ms a request")
    print(f"  connections at most, as PostgreSQL saw them: {watch.most} of 40")
    print(f"  throughput: {ratio:.3f} x one tenant (must reach 0.8)")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("tenants", type=int, nargs="?", default=200)
    parser.add_argument("--rounds", type=int, default=8)
    parser.add_argument("--requests", type=int, default=200)
    parser.add_argument("--threads", type=int, default=8)
    given = parser.parse_args()
    main(given.tenants, given.rounds, given.requests, given.threads)
