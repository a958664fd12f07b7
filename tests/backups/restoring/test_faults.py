"""A damaged copy, a wrong key, a killed worker, a lost database: nothing silently wrong, and everything goes on."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.test import override_settings
from redis.exceptions import ConnectionError as RedisConnectionError

from accounts.models import User
from backups.exceptions import BackupError
from backups.keeping.verifying import verify
from backups.models import Backup, RecoveryKey, Restore
from backups.recovery_keys.wrapping import new_identity, wrap_identity
from backups.restoring import asking
from backups.restoring.carrying import carry
from backups.restoring.tasks import look_after_restores
from backups.taking import DUMP
from business.contacts.models import Contact
from tenants.binding import CATALOG, bound_to
from tenants.models import Operation
from tests.backups.restoring.conftest import ALICE, Kept, backup_worker
from tests.lifecycle.dying import killed_at
from tests.lifecycle.looking import databases, roles, superuser, walls_down
from tests.sealing.sealed import seal_now, verified

STEPS = [path.rpartition(".")[2] for path in settings.AMANA_STEPS["restore"]]


@pytest.fixture
def damaged(kept: Kept, tmp_path: Path) -> Iterator[Path]:
    """A folder of copies in which one byte in the middle of the dump is another."""
    shutil.copytree(kept.folder, tmp_path / "copies")
    dump = tmp_path / "copies" / kept.backup.folder / DUMP
    content = bytearray(dump.read_bytes())
    content[len(content) // 2] ^= 1
    dump.write_bytes(content)
    with override_settings(AMANA_BACKUP_STORE=f"file://{tmp_path}/copies"):
        yield dump
    verify(kept.backup)


def test_a_damaged_copy_is_refused_before_anything_is_made(kept: Kept, damaged: Path) -> None:
    before = databases(), roles()
    operation = kept.begun()
    with pytest.raises(BackupError, match="isn't what was stored"):
        carry(operation.pk)
    restore = kept.restore(operation)
    assert (restore.state, restore.new_database) == ("failed", "")
    assert "isn't what was stored" in restore.error
    assert (databases(), roles()) == before


def test_a_key_that_is_another_is_found_out_before_anything_is_made(kept: Kept) -> None:
    before = databases(), roles()
    with bound_to(CATALOG):
        keys = RecoveryKey.objects.filter(tenant=kept.tenant)
        wrapped = keys.get().wrapped
        keys.update(wrapped=wrap_identity(new_identity()[0]))
    try:
        operation = kept.begun()
        with pytest.raises(BackupError):
            carry(operation.pk)
    finally:
        with bound_to(CATALOG):
            keys.update(wrapped=wrapped)
    assert kept.restore(operation).state == "failed"
    assert (databases(), roles()) == before


@pytest.mark.sampled
@pytest.mark.parametrize("step", ["restore_database", "restore_files", "sign_identity"])
def test_killed_between_two_steps_it_goes_on(kept: Kept, step: str) -> None:
    operation = kept.begun()
    killed_at("after", step, operation.pk)
    assert kept.restore(operation).state == "running"
    with bound_to(CATALOG):
        done = [*operation.steps.exclude(finished_at=None).values_list("title", flat=True)]
        assert len(done) == STEPS.index(step)
        Operation.objects.filter(pk=operation.pk).update(requested_at="2026-01-01T00:00:00Z")

    look_after_restores()

    restore = kept.restore(operation)
    assert restore.state == "ready"
    assert restore.comparison["differences"] == []


@pytest.mark.sampled
@pytest.mark.parametrize("when", ["before", "after"])
def test_killed_while_it_is_put_in_force_it_goes_on(kept: Kept, when: str) -> None:
    old = kept.fresh()
    restore = kept.ready()
    with bound_to(CATALOG):
        operation = asking.ask_swap(restore, "operator:oscar", kept.tenant.slug)
    killed_at(when, "swap", operation.pk)

    carry(operation.pk)

    now = kept.fresh()
    assert now.schema_name == restore.new_database
    assert now.era == old.era + 1
    assert walls_down(now) == []
    seal_now(now)
    assert verified(now) == ""


def test_what_fails_while_it_is_put_in_force_leaves_the_present_one_open(
    kept: Kept, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = kept.fresh()
    restore = kept.ready()
    monkeypatch.setattr("backups.restoring.swapping.take_up", _stumble)
    with pytest.raises(ArithmeticError):
        kept.swapped(restore)
    assert kept.fresh().schema_name == old.schema_name
    with bound_to(old):
        Contact.objects.create(name="Still served")
    assert walls_down(old) == []
    with bound_to(CATALOG):
        assert Restore.objects.get(pk=restore.pk).state == "ready"

    monkeypatch.undo()
    kept.swapped(restore)
    seal_now(kept.fresh())
    assert verified(kept.fresh()) == ""


def _stumble(*_: object) -> None:
    raise ArithmeticError("on purpose")


@pytest.mark.parametrize("leaves_log", [False, True])
def test_who_was_shut_out_since_the_copy_stays_out(kept: Kept, leaves_log: bool) -> None:
    """Also where the present log isn't carried over: it is the log that can't be read, and not who works there."""
    old = kept.fresh()
    restore = kept.ready()
    with bound_to(old):
        User.objects.filter(email=ALICE).update(is_active=False)
        before = User.objects.get(email=ALICE).link_epoch
    if leaves_log:
        kept.swapped_without_its_log(restore)
    else:
        kept.swapped(restore)
    with bound_to(kept.fresh()):
        alice = User.objects.get(email=ALICE)
        assert not alice.is_active
        assert alice.link_epoch > before
        alice.is_active = True
        alice.save()


@pytest.mark.slow
def test_a_lost_database_is_replaced_and_its_log_begins_anew(kept: Kept) -> None:
    old = kept.fresh()
    restore = kept.ready()
    with superuser() as connection:
        connection.execute(f'DROP DATABASE "{old.schema_name}" WITH (FORCE)'.encode())

    kept.swapped(restore)

    now = kept.fresh()
    assert now.log_name == now.schema_name
    with bound_to(now):
        assert Contact.objects.count() == 2
    assert verified(now) == ""
    assert seal_now(now).batches == 1
    assert verified(now) == ""


@pytest.mark.slow
def test_in_place_of_a_lost_database_no_copy_is_waited_for(kept: Kept) -> None:
    """No backup worker runs here: waiting for one would take the hour."""
    old = kept.fresh()
    operation = kept.begun(in_place=True)
    with superuser() as connection:
        connection.execute(f'DROP DATABASE "{old.schema_name}" WITH (FORCE)'.encode())

    carry(operation.pk)

    assert kept.restore(operation).state == "swapped"
    with bound_to(kept.fresh()):
        assert Contact.objects.count() == 2
    with bound_to(CATALOG):
        assert not Backup.objects.filter(
            tenant=kept.tenant, tier="safety", due__gt=operation.requested_at
        ).exists()
        assert kept.tenant.events.filter(verb="no copy first: the database is gone").count() == 1


def test_in_place_a_copy_of_what_is_there_is_made_first(kept: Kept) -> None:
    with bound_to(kept.fresh()):
        Contact.objects.create(name="Saved by the safety copy")
        number = Contact.objects.count()
    operation = kept.begun(in_place=True)
    with backup_worker():
        carry(operation.pk)
    assert kept.restore(operation).state == "swapped"
    with bound_to(CATALOG):
        safety = Backup.objects.get(tenant=kept.tenant, tier="safety")
    assert safety.manifest["content"]["public.contacts_contact"]["rows"] == number
    with bound_to(kept.fresh()):
        assert Contact.objects.count() == 2


def test_the_cache_is_away_and_the_one_that_was_replaced_is_shut_all_the_same(
    kept: Kept, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = kept.fresh()
    monkeypatch.setattr("backups.restoring.swapping.cache.clear", _away)
    kept.swapped(kept.ready())
    assert not allows_connections(old.schema_name)


def _away() -> None:
    raise RedisConnectionError("away on purpose")


def allows_connections(database: str) -> bool:
    with superuser() as connection:
        query = "SELECT datallowconn FROM pg_database WHERE datname = %s"
        [(allows,)] = connection.execute(query, [database]).fetchall()
    return bool(allows)
