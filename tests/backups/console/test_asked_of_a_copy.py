"""What is asked of one copy is a job: whoever pressed the button reads there what came of it, a refusal too."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from pytest_django import Settings

from accounts.models import User
from audit.models import Alarm
from backups.models import Backup
from backups.storage.folder import Folder
from jobs.models import Job
from jobs.running import carry_out
from tenants.binding import CATALOG, bound_to
from tenants.clock import time_of_catalog
from tenants.models import Tenant
from tests.backups.conftest import Take, forget_copies
from tests.backups.keeping.copies_in_rows import copy_of, now, there
from tests.support import fleet


@pytest.fixture(autouse=True)
def no_other(catalog: None) -> None:
    with bound_to(CATALOG):
        forget_copies()
        Job.objects.all().delete()
        Alarm.objects.all().delete()


@pytest.fixture
def older(acme: Tenant, store: Folder) -> Backup:
    """One that may go, since there is a newer one."""
    copy_of(acme, store, 1)
    return copy_of(acme, store, 2)


def verify(client: Client, copy: Backup) -> Any:
    return client.post(f"/backups/copies/{copy.pk}/verify/")


def remove(client: Client, copy: Backup) -> Any:
    typed = {"typed": copy.name, "reason": "No longer needed"}
    return client.post(f"/backups/copies/{copy.pk}/remove/", typed)


def came_of(client: Client, answer: Any) -> tuple[str, str]:
    """The state of the job, once its worker has done it, and what its page says."""
    assert answer.status_code == 302
    with bound_to(CATALOG):
        job = Job.objects.get()
    assert answer["Location"] == f"/jobs/{job.pk}/"
    carry_out(CATALOG, job.pk)
    with bound_to(CATALOG):
        job.refresh_from_db()
    return job.state, client.get(f"/jobs/{job.pk}/").content.decode()


def test_a_good_copy_is_told_to_be_good(acme: Tenant, take_copy: Take, oscar_client: Client) -> None:
    copy = take_copy(acme)
    state, page = came_of(oscar_client, verify(oscar_client, copy))
    assert state == "done"
    assert "bytes is as it was signed." in page
    assert f"Verify the copy {copy.name} of acme" in page
    assert now(copy).verified_at is not None


def test_a_damaged_one_is_told_to_be_damaged(older: Backup, store: Folder, oscar_client: Client) -> None:
    state, page = came_of(oscar_client, verify(oscar_client, older))
    assert state == "failed"
    assert "as it was signed, and counts no more: its page says how." in page
    assert now(older).damage


@pytest.mark.parametrize("asked", [(verify, "reading"), (remove, "keeping")])
def test_a_storage_that_is_away_is_told_and_alarms(
    older: Backup,
    store: Folder,
    settings: Settings,
    oscar_client: Client,
    asked: tuple[Callable[[Client, Backup], Any], str],
) -> None:
    ask, kind = asked
    answer = ask(oscar_client, older)
    settings.AMANA_BACKUP_STORE = "s3://copies/of?endpoint=http://127.0.0.1:9&region=x&timeout=1"
    for role in ("READER", "KEEPER"):
        setattr(settings, f"AMANA_STORE_{role}", "key:secret")
    state, page = came_of(oscar_client, answer)
    assert state == "failed"
    assert "The storage is away, or forbids it" in page
    with bound_to(CATALOG):
        assert [*Alarm.objects.values_list("kind", "closed_at")] == [(kind, None)]
    assert (now(older).is_stored, now(older).damage, there(store, older)) == (True, "", True)


def test_one_that_is_held_before_the_worker_comes_stays_and_that_is_told(
    older: Backup, store: Folder, oscar_client: Client
) -> None:
    answer = remove(oscar_client, older)
    with bound_to(CATALOG):
        until = time_of_catalog() + timedelta(days=9)
        Backup.objects.filter(pk=older.pk).update(hold_until=until)
    state, page = came_of(oscar_client, answer)
    assert state == "failed"
    assert "It must stay: its page says why. Nothing was removed." in page
    assert there(store, older)


def test_what_may_go_goes_once_however_often_it_is_asked_for(
    older: Backup, store: Folder, oscar_client: Client
) -> None:
    first, second = remove(oscar_client, older), remove(oscar_client, older)
    assert first["Location"] == second["Location"]
    state, page = came_of(oscar_client, second)
    assert state == "done"
    assert "It is gone from the storage." in page
    assert (now(older).is_stored, there(store, older)) == (False, False)


def test_a_killed_worker_that_had_removed_it_leaves_nothing_to_refuse(
    older: Backup, store: Folder, oscar_client: Client
) -> None:
    answer = remove(oscar_client, older)
    with bound_to(CATALOG):
        Backup.objects.filter(pk=older.pk).update(removed_at=time_of_catalog())
    assert came_of(oscar_client, answer)[0] == "done"


def test_whoever_lost_the_right_meanwhile_removes_nothing(
    older: Backup, store: Folder, oscar: User, oscar_client: Client
) -> None:
    answer = remove(oscar_client, older)
    with bound_to(CATALOG):
        oscar.assignments.all().delete()
        fleet.give(oscar, "platform.backup:view")
    state, page = came_of(oscar_client, answer)
    assert state == "failed"
    assert "may not do this any more" in page
    assert there(store, older)
