"""Started, stopped and planned, by people and by the schedule."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from backups.drilling.asking import ask_for
from backups.drilling.planning import plan, sign_identities
from backups.drilling.reporting import sign
from backups.drilling.running import run_next
from backups.exceptions import DrillRefused
from backups.models import Backup, Drill
from tenants.binding import CATALOG, bound_to
from tenants.models import Tenant
from tests.backups.drilling.conftest import last_of, step, wanted


@pytest.fixture(autouse=True)
def nothing_waits(copy: Backup) -> None:
    with bound_to(CATALOG):
        Drill.objects.all().delete()


def test_a_copy_is_chosen_in_two_steps_and_its_drill_waits(copy: Backup, oscar_client: Client) -> None:
    assert oscar_client.get("/drills/new/").status_code == 200
    where = f"/drills/new/?tenant={copy.tenant_id}"
    assert "What will be checked" in oscar_client.get(where).content.decode()
    answer = oscar_client.post(where, {"which": "certain", "copy": str(copy.pk)})
    with bound_to(CATALOG):
        drill = Drill.objects.get()
    assert answer["Location"] == f"/drills/{drill.pk}/"
    assert (drill.backup_id, drill.state, drill.requested_by) == (
        copy.pk,
        "waiting",
        "operator:oscar@amana.example",
    )
    assert oscar_client.get(f"/drills/{drill.pk}/").status_code == 200
    again = oscar_client.post(where, {"which": "latest"})
    assert again.status_code == 422
    assert "A drill of this copy is on its way already." in again.content.decode()


def test_choosing_nobody_and_no_copy_is_refused_in_words(copy: Backup, oscar_client: Client) -> None:
    assert oscar_client.get("/drills/new/?tenant=nobody").status_code == 422
    answer = oscar_client.post(f"/drills/new/?tenant={copy.tenant_id}", {"which": "certain"})
    assert answer.status_code == 422
    assert "Choose a copy." in answer.content.decode()
    with bound_to(CATALOG):
        assert not Drill.objects.exists()


def test_another_tenants_copy_cant_be_chosen(copy: Backup, globex: Tenant, oscar_client: Client) -> None:
    answer = oscar_client.post(f"/drills/new/?tenant={globex.pk}", {"which": "certain", "copy": str(copy.pk)})
    assert answer.status_code == 422
    with bound_to(CATALOG):
        assert not Drill.objects.exists()


def test_a_waiting_drill_is_stopped_after_being_asked(copy: Backup, oscar_client: Client) -> None:
    drill = wanted(copy)
    assert "Stop the drill?" in oscar_client.get(f"/drills/{drill.pk}/stop/").content.decode()
    assert last_of(copy).outcome == "waiting"
    oscar_client.post(f"/drills/{drill.pk}/stop/")
    stopped = last_of(copy)
    assert (stopped.outcome, stopped.error) == ("stopped", "It was stopped by operator:oscar@amana.example.")
    assert oscar_client.post(f"/drills/{drill.pk}/stop/").status_code == 409
    assert run_next() is None


@pytest.mark.parametrize(
    ("asked_by", "says"),
    [
        ("command:oscar@amana.example", "Nobody has proved who asked for this drill"),
        ("command:ada@amana.example", "Nobody has proved who asked for this drill"),
        ("operator:Oscar@amana.example", "a second person must"),
        ("user:oscar@amana.example", "a second person must"),
    ],
)
def test_nobody_asks_in_a_shell_and_signs_off_on_the_page(
    copy: Backup, oscar_client: Client, asked_by: str, says: str
) -> None:
    """AMANA_OPERATOR is what somebody calls themselves, and may be another's name."""
    with bound_to(CATALOG):
        text, signature = sign({"form": "test"})
        over = {"state": "done", "finished_at": timezone.now(), "signed_text": text, "signature": signature}
        drill = Drill.objects.create(tenant=copy.tenant, backup=copy, requested_by=asked_by, **over)
    page = oscar_client.get(f"/drills/{drill.pk}/").content.decode()
    assert f"/drills/{drill.pk}/sign-off/" not in page
    assert ("nobody can be the second person" in page) == asked_by.startswith("command:")

    answer = oscar_client.post(f"/drills/{drill.pk}/sign-off/")
    assert (answer.status_code, says in answer.content.decode()) == (409, True)
    with bound_to(CATALOG):
        drill.refresh_from_db()
    assert (drill.signed_off_by, drill.signed_off_at) == ("", None)


def test_a_running_drill_that_is_stopped_cleans_up_and_counts_as_neither(
    copy: Backup, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("backups.drilling.pulse.LOOK_EVERY", 0.05)
    drill = wanted(copy)
    with bound_to(CATALOG):
        Drill.objects.filter(pk=drill.pk).update(stop_requested_at=timezone.now())
    run_next()
    stopped = last_of(copy)
    assert (stopped.outcome, stopped.error, stopped.failed_step) == ("stopped", "It was stopped.", "")
    assert step(stopped, "clean").state == "passed"
    assert step(stopped, "application").found == "It wasn't reached."
    with bound_to(CATALOG):
        assert Backup.objects.get(pk=copy.pk).drilled_at is None


def test_the_schedule_plans_each_once_and_longest_undrilled_first(copy: Backup, tenant: Tenant) -> None:
    plan()
    plan()
    with bound_to(CATALOG):
        [drill] = Drill.objects.filter(tenant=tenant)
        assert drill.is_scheduled
        Drill.objects.filter(pk=drill.pk).update(state="done", finished_at=timezone.now())
    assert [each for each in plan() if each.tenant_id == tenant.pk] == []


def test_who_was_drilled_long_ago_is_planned_again(copy: Backup, tenant: Tenant, settings: Settings) -> None:
    ago = timezone.now() - timedelta(days=25)
    with bound_to(CATALOG):
        Drill.objects.create(tenant=tenant, backup=copy, state="done", finished_at=ago)
    assert [each.backup_id for each in plan() if each.tenant_id == tenant.pk] == [copy.pk]


@pytest.mark.parametrize(
    ("minutes", "values", "planned"),
    [
        (50, {"state": "failed"}, 0),
        (70, {"state": "failed"}, 1),
        (70, {"state": "failed", "failed_step": "content"}, 0),
        (25 * 60, {"state": "failed", "failed_step": "content"}, 1),
    ],
)
def test_whoever_stops_one_a_day_keeps_nobody_undrilled(
    copy: Backup, tenant: Tenant, minutes: int, values: dict[str, str], planned: int
) -> None:
    ago = timezone.now() - timedelta(minutes=minutes)
    with bound_to(CATALOG):
        Drill.objects.create(tenant=tenant, backup=copy, finished_at=ago, **values)
    assert len([each for each in plan() if each.tenant_id == tenant.pk]) == planned


def test_a_drill_waits_for_the_word_of_control(copy: Backup) -> None:
    with bound_to(CATALOG):
        drill = Drill.objects.create(tenant=copy.tenant, backup=copy)
        assert Drill.objects.may_begin().take() is None
    assert sign_identities() == 1
    with bound_to(CATALOG):
        assert Drill.objects.may_begin().take() == drill


def test_a_copy_that_was_removed_cant_be_drilled(copy: Backup) -> None:
    with bound_to(CATALOG):
        Backup.objects.filter(pk=copy.pk).update(removed_at=timezone.now())
        try:
            with pytest.raises(DrillRefused, match="This copy isn't in the storage"):
                ask_for(copy, "test")
        finally:
            Backup.objects.filter(pk=copy.pk).update(removed_at=None)
        assert not Drill.objects.exists()
