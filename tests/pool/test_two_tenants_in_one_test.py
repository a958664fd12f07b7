"""Two tenants in one test are cheap. How cheap says the bench, by hand; here, that it is one connection each."""

import os
import subprocess
import sys

import pytest
from django.conf import settings
from django.db import connection

from business.contacts.models import Contact
from tenants.binding import bound_to
from tenants.models import Tenant
from tests.pool.conftest import MakePool
from tests.support.savepoints import Savepoints


def test_a_test_keeps_one_connection_a_tenant_and_leaves_no_row(
    products_pool: MakePool, quartet: list[Tenant], monkeypatch: pytest.MonkeyPatch
) -> None:
    pool = products_pool(cap=4, cap_each=1)
    acme, globex = quartet[:2]
    with bound_to(acme), bound_to(acme):
        before = Contact.objects.count()

    savepoints = Savepoints(monkeypatch)
    for tenant in (acme, globex):
        savepoints.keep(tenant)
    backends = [_write_and_ask(tenant) for tenant in (acme, globex, acme, globex)]
    savepoints.close()

    assert backends[:2] == backends[2:]
    assert backends[0] != backends[1]
    assert pool.usage() == {acme.place.alias: 1, globex.place.alias: 1}
    with bound_to(acme):
        assert Contact.objects.count() == before


def _write_and_ask(tenant: Tenant) -> int:
    with bound_to(tenant):
        Contact(name="Gone after the test").save(force_insert=True)
        return int(connection.connection.info.backend_pid)


def test_the_bench_runs() -> None:
    done = subprocess.run(
        [sys.executable, "bench/two_tenants_in_one_test.py", "--rounds=2"],
        cwd=settings.BASE_DIR,
        env={**os.environ},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert [line.split("  ")[1] for line in done.stdout.splitlines()[2:]] == [
        "one plain transaction",
        "one tenant",
        "two tenants",
        "two tenants and the catalog",
    ]
