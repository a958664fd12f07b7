"""Whoever waits for a restore hears how all of it ended: in place, of putting it in force, too."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

import pytest
from django.db.models.functions import Now

from backups.models import Backup, Restore
from backups.restoring import asking, following
from backups.restoring.background import RESTORING
from backups.restoring.following import NOBODY, NOT_SHUT, exit_code, follow
from jobs.models import Job
from jobs.running import carry_out
from tenants.binding import CATALOG, bound_to
from tenants.models import Operation, Tenant
from tests.access.cases_backups import copy_of
from tests.backups.restoring.conftest import Kept, backup_worker, meanwhile

PUT_IN_FORCE = "Put the restored database in force"


@dataclass
class NoCredentials:
    """What an operator's shell holds."""

    AMANA_PROVISIONER_URL: str = ""


@pytest.fixture(autouse=True)
def shell(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(following, "settings", NoCredentials())
    monkeypatch.setattr(following, "POLL_SECONDS", 0.02)


@pytest.fixture
def begun(acme: Tenant, catalog: None) -> Callable[..., Restore]:
    """Nobody has taken it up."""

    def begin(*, in_place: bool = False) -> Restore:
        with bound_to(CATALOG):
            Restore.objects.all().delete()
            wish = asking.Wish("mistake", "Contacts were deleted", in_place, "acme" if in_place else "")
            restore = asking.ask(acme, copy_of(acme), "operator:oscar", wish)
            asking.approve(restore, "operator:priya")
            asking.begin(restore, "operator:oscar")
            restore.refresh_from_db()
        return restore

    return begin


def ended(restore: Restore) -> tuple[int, list[str]]:
    """The exit code, and what was said."""
    said = list[str]()
    with bound_to(CATALOG):
        begun = restore.operation
    assert begun is not None
    last = follow(begun, restore, said.append)
    with bound_to(CATALOG):
        restore.refresh_from_db()
        return exit_code(last, restore, said.append), said


def test_where_nobody_is_at_it_that_is_said_and_is_no_failure(
    begun: Callable[..., Restore], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(following, "SILENCE_SECONDS", 0.1)
    restore = begun()
    assert ended(restore) == (4, [NOBODY])
    with bound_to(CATALOG):
        assert Operation.objects.get(restore=restore).state == "queued"


def test_as_long_as_a_worker_holds_it_no_step_is_too_long(
    begun: Callable[..., Restore], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(following, "SILENCE_SECONDS", 0.1)
    restore, since = begun(), time.monotonic()
    with bound_to(CATALOG):
        until = Now() + timedelta(seconds=0.6)
        Job.objects.create(kind=RESTORING.name, state="running", lease_until=until)
    assert ended(restore) == (4, [NOBODY])
    assert time.monotonic() - since > 0.6


@pytest.mark.parametrize(
    ("in_place", "state", "swap", "code"),
    [
        (False, "ready", "", 0),
        (False, "given_up", "", 1),
        (True, "given_up", "", 1),
        (True, "ready", "failed", 1),
        (True, "swapped", "done", 0),
    ],
)
def test_it_is_as_asked_only_where_it_is(
    begun: Callable[..., Restore], in_place: bool, state: str, swap: str, code: int
) -> None:
    restore = begun(in_place=in_place)
    with bound_to(CATALOG):
        restore.state = state
        if swap:
            restore.swap = Operation.objects.create(
                kind="swap", tenant=restore.tenant, state=swap, requested_by="x"
            )
        restore.save()
        Operation.objects.filter(restore=restore).update(state="done")
    assert ended(restore) == (code, [])


def test_in_force_is_as_asked_even_where_the_old_one_is_not_shut_yet(begun: Callable[..., Restore]) -> None:
    restore = begun()
    with bound_to(CATALOG):
        restore.state = "swapped"
        restore.swap = Operation.objects.create(
            kind="swap", tenant=restore.tenant, state="failed", requested_by="x"
        )
        restore.save()
    assert ended(restore) == (0, [NOT_SHUT])


def _restore_worker() -> None:
    """Does what waits, as a job with a lease."""
    with bound_to(CATALOG):
        waiting = [*Job.objects.queued().filter(kind=RESTORING.name).values_list("pk", flat=True)]
    for pk in waiting:
        carry_out(CATALOG, pk)


@pytest.mark.slow
def test_in_place_it_is_followed_until_it_is_in_force(kept: Kept) -> None:
    restore = kept.restore(kept.begun(in_place=True))
    with backup_worker(), meanwhile(_restore_worker):
        code, said = ended(restore)
    assert (code, restore.state) == (0, "swapped")
    assert PUT_IN_FORCE in said[-2]
    assert kept.fresh().schema_name == restore.new_database


@pytest.mark.slow
def test_in_place_a_swap_that_fails_is_a_restore_that_failed(kept: Kept) -> None:
    """There was no safety copy to be had."""
    old = kept.fresh().schema_name
    restore = kept.restore(kept.begun(in_place=True))
    with meanwhile(no_copy), meanwhile(_restore_worker):
        code, said = ended(restore)
    assert (code, restore.state) == (1, "ready")
    assert "so it isn't replaced" in restore.error
    assert not [line for line in said if PUT_IN_FORCE in line]
    assert kept.fresh().schema_name == old


def no_copy() -> None:
    with bound_to(CATALOG):
        Backup.objects.filter(tier="safety", state="waiting").update(state="failed")
