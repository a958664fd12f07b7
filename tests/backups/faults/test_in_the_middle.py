"""Something happens while pg_dump is in the middle: it is killed, or the database, the name or the lease goes."""

from collections.abc import Callable
from datetime import timedelta
from threading import Thread

import pytest
from django.utils import timezone
from pytest_django import Settings

from backups.scheduling.claiming import claim
from backups.storage.folder import Folder
from tenants.binding import CATALOG, bound_to
from tenants.models import Tenant
from tests.backups.faults.conftest import a_worker, alarms, manifests, now, wish_for
from tests.backups.faults.dumping import HeldDump
from tests.lifecycle.looking import superuser, wait_until
from tests.support import fleet

pytestmark = pytest.mark.usefixtures("wishes", "impatient")


def in_the_middle(held_dump: HeldDump) -> Thread:
    """A worker that has come so far."""
    worker = a_worker()
    held_dump.wait()
    return worker


def test_a_pg_dump_killed_in_the_middle_counts_for_nothing_and_is_tried_again(
    big: Tenant, store: Folder, held_dump: HeldDump
) -> None:
    copy = wish_for(big)
    worker = in_the_middle(held_dump)
    held_dump.kill()
    wait_until(lambda: held_dump.running() == [])
    held_dump.let_go()
    worker.join()
    ended = now(copy)
    assert (ended.state, ended.attempt) == ("done", 2)
    assert manifests(store) == [f"{ended.folder}/manifest.json"]


def test_a_database_that_goes_away_in_the_middle_is_a_failure_in_words(
    big: Tenant, store: Folder, held_dump: HeldDump, settings: Settings
) -> None:
    settings.AMANA_BACKUP_ATTEMPTS = 1
    copy = wish_for(big)
    worker = in_the_middle(held_dump)
    with superuser() as connection:
        connection.execute(
            b"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'amana_backup'"
        )
    held_dump.let_go()
    worker.join()
    assert now(copy).state == "failed"
    assert now(copy).error.startswith("pg_dump ended with ")
    assert manifests(store) == []


def test_one_that_is_closed_while_it_is_copied_ends_without_an_alarm(
    new_tenant: Callable[..., Tenant], store: Folder, held_dump: HeldDump
) -> None:
    globex = new_tenant(name="Globex")
    with superuser(globex.schema_name) as connection:
        connection.execute(
            b"CREATE TABLE public.padding AS SELECT repeat(md5(n::text), 20) FROM generate_series(1, 9000) AS n"
        )
        connection.execute(b"GRANT SELECT ON public.padding TO amana_backup")
    copy = wish_for(globex)
    worker = in_the_middle(held_dump)
    fleet.close(globex)
    held_dump.let_go()
    worker.join()
    assert (now(copy).state, now(copy).error) == ("failed", "It was closed.")
    assert alarms() == []
    assert manifests(store) == []


def test_one_that_is_renamed_and_suspended_while_it_is_copied_is_copied(
    big: Tenant, store: Folder, held_dump: HeldDump
) -> None:
    copy = wish_for(big)
    worker = in_the_middle(held_dump)
    with bound_to(CATALOG):
        tenant = Tenant.objects.get(pk=big.pk)
        tenant.suspend("test", "unpaid")
        Tenant.objects.filter(pk=big.pk).update(slug="renamed")
    held_dump.let_go()
    worker.join()
    with bound_to(CATALOG):
        tenant.resume("test")
        Tenant.objects.filter(pk=big.pk).update(slug=big.slug)
    ended = now(copy)
    assert (ended.state, ended.attempt) == ("done", 1)
    assert (ended.manifest["tenant"], ended.manifest["slug"]) == (str(big.pk), big.slug)


def test_who_loses_its_lease_in_the_middle_stops_there_and_publishes_nothing(
    big: Tenant, store: Folder, held_dump: HeldDump, settings: Settings
) -> None:
    settings.AMANA_BACKUP_LEASE_SECONDS = 0.4
    copy = wish_for(big)
    worker = in_the_middle(held_dump)
    wait_until(lambda: (now(copy).lease_until or timezone.now()) < timezone.now())
    held = claim()
    assert held
    with bound_to(CATALOG):
        held.write(lease_until=timezone.now() + timedelta(minutes=5))
    held_dump.let_go()
    worker.join()
    assert (now(copy).state, now(copy).token, now(copy).attempt) == ("running", 2, 2)
    assert [*store.list()] == []
    assert alarms() == []
