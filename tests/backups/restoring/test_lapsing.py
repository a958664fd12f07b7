"""A restore that nobody goes on with is given up by itself, and whoever asked hears of it."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial

import pytest
from django.db import connections
from django.test import Client
from django.utils import timezone

from accounts.models import User
from audit.reading import read
from backups.models import Backup, Restore
from backups.persons import named_at_tenant
from backups.restoring import asking
from backups.restoring.lapsing import lapse
from backups.restoring.telling import write_to_the_owner
from tenants.binding import CATALOG, bound_to
from tenants.models import Tenant
from tests.access.cases_backups import copy_of
from tests.support.post import posted

OSCAR = "operator:oscar@amana.example"


@pytest.fixture
def copy(acme: Tenant, catalog: None) -> Backup:
    with bound_to(CATALOG):
        Restore.objects.all().delete()
        return copy_of(acme)


@pytest.fixture
def restore(acme: Tenant, copy: Backup) -> Callable[..., Restore]:
    """In that state, since so many days."""

    def made(state: str, days: float, *, by: str = OSCAR, by_tenant: bool = False) -> Restore:
        at = timezone.now() - timedelta(days=days)
        with bound_to(CATALOG):
            asked = asking.ask(acme, copy, by, asking.Wish("mistake", "Orders deleted", by_tenant=by_tenant))
            moments = {"requested_at": at, "decided_at": at, "ready_at": at}
            Restore.objects.filter(pk=asked.pk).update(state=state, **moments)
            asked.refresh_from_db()
        return asked

    return made


def now(restore: Restore) -> Restore:
    with bound_to(CATALOG):
        return Restore.objects.get(pk=restore.pk)


@pytest.mark.parametrize(
    ("state", "days", "why"),
    [
        ("requested", 7.01, "Nobody went on with it in time."),
        ("approved", 7.01, "Nobody went on with it in time."),
        ("ready", 14.01, "Nobody put it in force in time."),
        ("failed", 14.01, "Nobody put it in force in time."),
    ],
)
def test_what_nobody_goes_on_with_is_given_up(
    restore: Callable[..., Restore], state: str, days: float, why: str
) -> None:
    old = restore(state, days)
    assert old.lapses_at is not None
    assert old.lapses_at < timezone.now()
    assert lapse() == 1
    assert (now(old).state, now(old).error) == ("given_up", why)
    with bound_to(CATALOG):
        [event] = read(action="backups.restore_given_up", object_id=str(old.pk))
    assert event.details["tenant"] == "acme"


@pytest.mark.parametrize(
    ("state", "days"),
    [("requested", 6.9), ("approved", 6.9), ("ready", 13.9), ("failed", 13.9), ("running", 99)],
)
def test_what_has_time_left_or_is_being_worked_on_stays(
    restore: Callable[..., Restore], state: str, days: float
) -> None:
    young = restore(state, days)
    assert lapse() == 0
    assert now(young).state == state


def test_a_clock_that_runs_ahead_gives_nothing_up(
    restore: Callable[..., Restore], monkeypatch: pytest.MonkeyPatch
) -> None:
    young = restore("requested", 1)
    monkeypatch.setattr(timezone, "now", lambda: datetime.now(UTC) + timedelta(days=120))
    assert lapse() == 0
    assert now(young).state == "requested"


def test_who_may_carry_it_out_is_written_to_and_nobody_else(
    oscar: User, restore: Callable[..., Restore], alice: User
) -> None:
    with posted(CATALOG) as letters:
        asked = restore("requested", 0, by=named_at_tenant(alice), by_tenant=True)
    [letter] = [each for each in letters if each.to == [oscar.email]]
    assert letter.subject == "A restore of Acme waits for you"
    assert "alice@acme.example asks for a restore of Acme." in str(letter.body)
    assert f"/restores/{asked.pk}/" in str(letter.body)


def test_whoever_asks_isnt_written_to(oscar: User, restore: Callable[..., Restore]) -> None:
    with posted(CATALOG) as letters:
        restore("requested", 0)
    assert [each for each in letters if each.to == [oscar.email]] == []


@pytest.mark.parametrize(
    ("state", "words"), [("refused", "Our operators refused it."), ("given_up", "It was given up.")]
)
def test_an_owner_hears_how_it_ended_and_why(
    acme: Tenant, alice: User, restore: Callable[..., Restore], state: str, words: str
) -> None:
    asked = restore("requested", 0, by=named_at_tenant(alice), by_tenant=True)
    verb = asking.refuse if state == "refused" else asking.give_up
    with bound_to(CATALOG):
        verb(asked, OSCAR, "The copy of Tuesday is better")
        waiting = connections[CATALOG.alias].run_on_commit
        assert [each[1].args for each in waiting if isinstance(each[1], partial)][-1] == (str(asked.pk),)
    with posted(acme) as letters:
        write_to_the_owner(str(asked.pk))
    [letter] = letters
    assert (letter.to, letter.subject) == (
        ["alice@acme.example"],
        "The restore of Acme that you asked for has ended",
    )
    assert words in str(letter.body)
    assert "The copy of Tuesday is better" in str(letter.body)


def test_an_owner_hears_that_passwords_and_roles_are_those_of_then(
    acme: Tenant, alice: User, restore: Callable[..., Restore]
) -> None:
    asked = restore("swapped", 0, by=named_at_tenant(alice), by_tenant=True)
    with posted(acme) as letters:
        write_to_the_owner(str(asked.pk))
    [letter] = letters
    assert letter.subject == "The restore of Acme is in force"
    assert "Passwords, second factors and roles are those of then: look through your people" in str(
        letter.body
    )
    assert "/people/" in str(letter.body)


def test_giving_up_asks_why(oscar_client: Client, restore: Callable[..., Restore]) -> None:
    asked = restore("requested", 0)
    page = f"/restores/{asked.pk}/give-up/"
    assert "your reason stands in the log" in oscar_client.get(page).content.decode()
    assert oscar_client.post(page, {"reason": " "}).status_code == 422
    assert now(asked).state == "requested"
    assert oscar_client.post(page, {"reason": "Found it elsewhere"}).status_code == 302
    assert (now(asked).state, now(asked).error) == ("given_up", "Found it elsewhere")
    assert "Found it elsewhere" in oscar_client.get(f"/restores/{asked.pk}/").content.decode()
