"""A new tenant, published with its owner invited, against bare SQL and against django-tenants, in one run.

.venv/bin/python -m embedded exec --var var/bench -- .venv/bin/python -m bench.new_tenant [ROUNDS]
"""

import os
import secrets
import statistics
import subprocess
import sys
import time
from collections.abc import Callable

import django
from psycopg import sql

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
# ruff: noqa: E402 - models can be imported once Django is set up
django.setup()

from audit.context import acting
from keys.preparing import prepare_keys
from tenants.binding import CATALOG, bound_to
from tenants.carrying_out import carry_out
from tenants.identifiers import new_database_name
from tenants.provisioner import execute, provisioner
from tenants.provisioning import request_tenant
from tenants.setting_up import prepare_catalog
from tenants.templating import ensure_template


def ours() -> None:
    slug = f"x{secrets.token_hex(6)}"
    with bound_to(CATALOG):
        operation = request_tenant(slug, slug, "en", ("owner@example.com", "Olivia"), "bench")
    carry_out(operation.pk)


def bare() -> None:
    name, template = new_database_name(), ensure_template().database
    with provisioner() as connection:
        execute(
            connection,
            "CREATE ROLE {} LOGIN PASSWORD {word} CONNECTION LIMIT 40",
            name,
            word=secrets.token_hex(20),
        )
        execute(connection, "CREATE DATABASE {} TEMPLATE {} STRATEGY WAL_LOG", name, template)
        execute(connection, "REVOKE ALL ON DATABASE {} FROM PUBLIC", name)
        execute(connection, "GRANT CONNECT ON DATABASE {} TO {}, amana_backup, amana_sealer", name, name)


def seconds(work: Callable[[], None]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def django_tenants(rounds: int) -> list[float]:
    """In a process of its own: stock settings, stock backend, a database of its own."""
    name = new_database_name()
    with provisioner() as connection:
        connection.execute(sql.SQL("CREATE DATABASE {} TEMPLATE template0").format(sql.Identifier(name)))
    environment = os.environ | {"DJANGO_SETTINGS_MODULE": "bench.stock.settings", "STOCK_DATABASE": name}
    command = [sys.executable, "-m", "bench.stock.measure", str(rounds)]
    said = subprocess.run(command, env=environment, check=True, capture_output=True, text=True).stdout
    return [float(line.removeprefix("seconds ")) for line in said.splitlines() if line.startswith("seconds ")]


@acting("system:bench")
def main(rounds: int) -> None:
    prepare_catalog()
    prepare_keys()
    ensure_template()
    for work in (ours, bare):
        work()
    pairs = [(seconds(ours), seconds(bare)) for _ in range(rounds)]
    our, plain = (statistics.median(column) for column in zip(*pairs, strict=True))
    stock = statistics.median(django_tenants(max(3, rounds // 4)))
    print(f"a new tenant, published        {our * 1000:7.0f} ms")
    print(f"bare role, clone and grants    {plain * 1000:7.0f} ms   {our / plain:.2f} x (target: at most 2)")
    print(
        f"django-tenants, the same apps  {stock * 1000:7.0f} ms   {stock / our:.1f} x slower (target: at least 10)"
    )


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 20)
