"""A storage that is down, slow, busy or cut off while a drill or a restore reads it: it is told of, and no copy is."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings as django_settings
from django.test import override_settings
from django.utils import timezone
from pytest_django import Settings

from audit.models import Alarm
from backups.alarming.watching import watch
from backups.drilling.running import run_next
from backups.exceptions import StorageAway
from backups.models import Backup, Drill, Restore
from backups.restoring import asking, fetching
from backups.restoring.beside import drop_what_is_over
from backups.restoring.carrying import carry
from backups.restoring.tasks import look_after_restores
from backups.taking import DUMP, take
from tenants.binding import CATALOG, bound_to
from tests.backups.conftest import claimed
from tests.backups.drilling.conftest import last_of, step, wanted
from tests.backups.restoring.conftest import Kept, drill_worker
from tests.lifecycle.looking import databases
from tests.support import fleet
from tests.support.bad_line import BadLine, bad_line
from tests.support.seaweed import SECRETS, Seaweed

SECONDS = 0.5  # of patience with a line that is silent
AWAY = "The backup storage doesn't answer: no copy can be verified, drilled or restored."
Spoil = Callable[[BadLine], object]
FAULTS: dict[str, Spoil] = {
    "nobody listens": lambda _: None,
    "a connection that is cut": lambda line: line.refused_methods.add("GET"),
    "an answer that doesn't come": lambda line: line.delayed.set(),
    "an answer that stalls": lambda line: setattr(line, "stalls_after", 500),
    "an answer that is cut": lambda line: setattr(line, "cut_after", 500),
    "busy": lambda line: setattr(line, "busy", 1000),
}


@pytest.fixture(scope="module")
def in_bucket(databases: None, weed: Seaweed) -> Iterator[Kept]:
    """Umbrella, with a copy of it in a bucket."""
    told = {"AMANA_BACKUP_STORE": weed.url("read"), "AMANA_STORE_WRITER": f"writer:{SECRETS['writer']}"}
    tenant = fleet.provision(name="Umbrella")
    with override_settings(**told):
        backup = claimed(tenant)
        take(backup)
    with drill_worker():
        yield Kept(tenant, backup, Path())
    with bound_to(CATALOG):
        Restore.objects.filter(tenant=tenant).update(state=Restore.State.GIVEN_UP)
        tenant.operations.filter(kind="restore").delete()
    drop_what_is_over()
    with bound_to(CATALOG):
        Restore.objects.filter(tenant=tenant).delete()
        Drill.objects.filter(tenant=tenant).delete()
        Alarm.objects.all().delete()
    fleet.close(tenant)


@pytest.fixture
def line(weed: Seaweed) -> Iterator[BadLine]:
    with bad_line(weed.endpoint) as line:
        yield line


@pytest.fixture
def kept(in_bucket: Kept, weed: Seaweed, line: BadLine, tmp_path: Path, settings: Settings) -> Kept:
    """The copy is good and was proven; what reads it does so over the line."""
    settings.AMANA_BACKUP_STORE = weed.url("read", line.endpoint, timeout=SECONDS)
    settings.AMANA_STORE_READER = f"reader:{SECRETS['reader']}"
    settings.AMANA_DRILL_DIR, settings.AMANA_RESTORE_DIR = tmp_path / "drill", tmp_path / "restore"
    now = timezone.now()
    with bound_to(CATALOG):
        Alarm.objects.all().delete()
        Backup.objects.filter(pk=in_bucket.backup.pk).update(damage="", verified_at=now, drilled_at=now)
    return in_bucket


@contextmanager
def spoilt(what: str, line: BadLine) -> Iterator[None]:
    """As long as the block lasts."""
    store = django_settings.AMANA_BACKUP_STORE
    if what == "nobody listens":
        store = store.replace(line.endpoint, "http://127.0.0.1:9")
    FAULTS[what](line)
    with override_settings(AMANA_BACKUP_STORE=store):
        yield
    line.mend()


def standing() -> list[tuple[str, str]]:
    """What is alarmed about drills, copies and the reading of them."""
    with bound_to(CATALOG):
        watch()
        found = Alarm.objects.filter(closed_at=None, kind__in=["damaged", "drill", "reading"])
        return [*found.values_list("kind", "says")]


def is_good(kept: Kept) -> bool:
    with bound_to(CATALOG):
        copy = Backup.objects.get(pk=kept.backup.pk)
    return (copy.damage, copy.condition) == ("", "drilled")


def left() -> list[str]:
    """Of what was fetched."""
    folders = (django_settings.AMANA_DRILL_DIR, fetching.spools())
    return [each.name for folder in folders for each in folder.glob("*")]


def try_again(kept: Kept, **values: object) -> Drill:
    """Its time has come."""
    with bound_to(CATALOG):
        Drill.objects.filter(backup=kept.backup).update(next_try_at=timezone.now(), **values)
    run_next()
    return last_of(kept.backup)


@pytest.mark.slow
def test_a_drill_waits_for_the_storage_however_often_and_passes_once_it_is_back(
    kept: Kept, line: BadLine
) -> None:
    wanted(kept.backup)
    for what in FAULTS:
        with spoilt(what, line):
            drill = try_again(kept)
        assert (drill.state, drill.attempt) == ("waiting", 0), what
        assert drill.error.startswith("The storage "), what
        assert (step(drill, "fetch").state, step(drill, "fetch").found) == ("failed", drill.error), what
        assert (is_good(kept), standing(), left()) == (True, [("reading", AWAY)], []), what

    drill = try_again(kept)

    assert (drill.outcome, drill.error, drill.attempt) == ("passed", "", 1)
    assert (is_good(kept), standing(), left()) == (True, [], [])


@pytest.mark.slow
def test_a_drill_that_has_waited_for_a_day_has_failed_and_its_copy_stays_good(
    kept: Kept, line: BadLine
) -> None:
    line.busy = 1000
    wanted(kept.backup)
    drill = try_again(kept, requested_at=timezone.now() - timedelta(days=1))
    assert (drill.outcome, drill.failed_step) == ("failed", "fetch")
    assert sorted(kind for kind, _ in standing()) == ["drill", "reading"]
    assert is_good(kept)


@pytest.mark.slow
def test_a_line_on_which_bytes_trickle_is_slow_and_nothing_else(kept: Kept, line: BadLine) -> None:
    """Each comes within the patience; all of them together take longer than it."""
    line.pause = SECONDS * 2 / (kept.backup.manifest["objects"][DUMP]["bytes"] / 1024)
    wanted(kept.backup)
    drill = try_again(kept)
    assert (drill.outcome, drill.error) == ("passed", "")
    assert (step(drill, "fetch").seconds or 0) > SECONDS * 2
    assert standing() == []


def a_minute_later(restore: Restore) -> Restore:
    """As beat has it."""
    look_after_restores()
    return again(restore)


def again(restore: Restore) -> Restore:
    with bound_to(CATALOG):
        return Restore.objects.select_related("operation").get(pk=restore.pk)


@pytest.mark.slow
def test_a_restore_waits_for_the_storage_and_is_ready_once_it_is_back(kept: Kept, line: BadLine) -> None:
    before = databases()
    line.busy = 1000
    operation = kept.begun()
    with pytest.raises(StorageAway, match="The storage answers SlowDown"):
        carry(operation.pk)
    first = kept.restore(operation)
    line.mend()
    for what in FAULTS:
        with spoilt(what, line):
            restore = a_minute_later(first)
        assert restore.state == "failed", what
        assert restore.error.startswith("The storage "), what
        assert restore.storage_away_since == first.storage_away_since, what
        assert (is_good(kept), standing(), left()) == (True, [("reading", AWAY)], []), what
        assert (databases(), restore.new_database) == (before, ""), what

    restore = a_minute_later(first)

    assert (restore.state, restore.error, restore.storage_away_since) == ("ready", "", None)
    assert restore.comparison["differences"] == []
    assert (is_good(kept), standing(), left()) == (True, [], [])
    with bound_to(CATALOG):
        asking.give_up(restore, "operator:oscar")


@pytest.mark.slow
def test_a_restore_that_has_waited_for_a_day_or_was_given_up_is_let_be(kept: Kept, line: BadLine) -> None:
    line.busy = 1000
    operation = kept.begun()
    with pytest.raises(StorageAway):
        carry(operation.pk)
    restore = kept.restore(operation)
    line.mend()
    a_day_ago = timezone.now() - timedelta(days=1)
    with bound_to(CATALOG):
        Restore.objects.filter(pk=restore.pk).update(storage_away_since=a_day_ago)
    assert a_minute_later(restore).state == "failed"

    with bound_to(CATALOG):
        Restore.objects.filter(pk=restore.pk).update(storage_away_since=timezone.now())
        asking.give_up(restore, "operator:oscar")
    assert a_minute_later(restore).state == "given_up"
    assert (is_good(kept), left()) == (True, [])
