"""An archived copy leaves once: after two people, letters and a delay that nobody can cut short."""

from datetime import timedelta
from typing import Any

import pytest
from django.db.models import F
from django.utils import timezone

from accounts.models import User
from backups.archiving.keeping import bring_what_may_leave, end_what_wasnt_fetched
from backups.archiving.retrieving import approve, ask, fetch, stop
from backups.archiving.staging import OUT, staged
from backups.archiving.telling import tell_what_is_agreed_to
from backups.exceptions import ArchiveRefused
from backups.models import ArchivedCopy, Retrieval
from backups.models.archives import delay
from backups.storage.folder import Folder
from tenants.binding import CATALOG, bound_to
from tenants.models import Tenant
from tests.backups.archiving.conftest import SEALED
from tests.backups.recovery_keys.looking import now, recorded
from tests.support.post import posted

PRIYA, YUSUF, OSCAR = (f"operator:{name}@amana.example" for name in ("priya", "yusuf", "oscar"))
WHY = "The tax office asks"


@pytest.fixture
def asked(archived: ArchivedCopy) -> Retrieval:
    with bound_to(CATALOG):
        return ask(archived, PRIYA, "inspection", WHY)


@pytest.fixture
def agreed(asked: Retrieval) -> Retrieval:
    with bound_to(CATALOG):
        approve(asked, YUSUF)
    return asked


def changed(retrieval: Retrieval, **values: Any) -> Retrieval:
    with bound_to(CATALOG):
        Retrieval.objects.filter(pk=retrieval.pk).update(**values)
    return current(retrieval)


def current(retrieval: Retrieval) -> Retrieval:
    with bound_to(CATALOG):
        return Retrieval.objects.select_related("archived__tenant").get(pk=retrieval.pk)


def later(retrieval: Retrieval, by: timedelta) -> None:
    """So much of the delay has gone by."""
    changed(retrieval, decided_at=F("decided_at") - by, opens_at=F("opens_at") - by)


def told(retrieval: Retrieval) -> None:
    changed(retrieval, told_at=timezone.now())


def test_it_is_fetched_once_after_another_persons_yes_and_the_delay(agreed: Retrieval) -> None:
    before = now()
    told(agreed)
    later(agreed, delay() + timedelta(seconds=1))

    assert bring_what_may_leave() == 1
    with bound_to(CATALOG):
        content, name = fetch(agreed, PRIYA)
        with content:
            assert content.read() == SEALED
    assert name.endswith(".zip.age")
    assert (current(agreed).state, current(agreed).fetched_by) == ("fetched", PRIYA)
    assert [outcome for outcome, _ in recorded("backups.retrieval_fetched", before)] == ["done"]

    with pytest.raises(ArchiveRefused, match="nothing to fetch"), bound_to(CATALOG):
        fetch(agreed, PRIYA)
    assert bring_what_may_leave() == 0
    end_what_wasnt_fetched()
    assert not staged(agreed.pk, OUT).exists()


@pytest.mark.parametrize("by", [PRIYA, "user:Priya@amana.example", "root at a shell"])
def test_nobody_agrees_to_their_own_nor_without_proof(asked: Retrieval, by: str) -> None:
    with pytest.raises(ArchiveRefused, match="You asked for it yourself"), bound_to(CATALOG):
        approve(asked, by)
    assert (current(asked).state, current(asked).decided_by, current(asked).opens_at) == (
        "requested",
        "",
        None,
    )


def test_what_nobody_proved_to_have_asked_for_is_not_agreed_to(archived: ArchivedCopy) -> None:
    with bound_to(CATALOG):
        found = ask(archived, "root at a shell", "dispute", WHY)
        with pytest.raises(ArchiveRefused, match="Nobody has proved"):
            approve(found, YUSUF)
    assert current(found).state == "requested"


def test_not_a_second_before_the_delay_is_over(agreed: Retrieval) -> None:
    told(agreed)
    later(agreed, delay() - timedelta(minutes=1))
    assert bring_what_may_leave() == 0

    changed(agreed, opens_at=timezone.now() - timedelta(days=9))  # somebody wrote into the catalog
    assert bring_what_may_leave() == 0
    assert current(agreed).state == "approved"
    assert not staged(agreed.pk, OUT).exists()


def test_not_before_the_letters_are_written(agreed: Retrieval) -> None:
    later(agreed, delay() * 2)
    assert bring_what_may_leave() == 0
    told(agreed)
    assert bring_what_may_leave() == 1


@pytest.mark.parametrize(
    "dodge",
    [
        {"decided_by": PRIYA},
        {"decided_by": "", "decided_at": None},
        {"requested_by": "root at a shell"},
        {"told_at": None},
        {"decided_at": timezone.now()},
    ],
)
def test_a_row_that_says_it_is_ready_is_not_believed(agreed: Retrieval, dodge: dict[str, Any]) -> None:
    told(agreed)
    later(agreed, delay() * 2)
    until = timezone.now() + timedelta(hours=1)
    changed(agreed, state="ready", ready_until=until, **dodge)
    staged(agreed.pk, OUT).write_bytes(SEALED)

    with pytest.raises(ArchiveRefused), bound_to(CATALOG):
        fetch(agreed, OSCAR)

    assert (current(agreed).state, current(agreed).fetched_by) == ("ready", "")
    staged(agreed.pk, OUT).unlink()


def test_anybody_who_may_stops_it_and_it_stays_where_it_is(agreed: Retrieval, store: Folder) -> None:
    told(agreed)
    later(agreed, delay() * 2)
    bring_what_may_leave()
    assert staged(agreed.pk, OUT).exists()

    with bound_to(CATALOG):
        stop(agreed, OSCAR, "The tax office didn't ask")

    assert (current(agreed).state, current(agreed).error) == ("stopped", "The tax office didn't ask")
    assert not staged(agreed.pk, OUT).exists()
    with pytest.raises(ArchiveRefused, match="nothing to fetch"), bound_to(CATALOG):
        fetch(agreed, PRIYA)
    with pytest.raises(ArchiveRefused, match="over already"), bound_to(CATALOG):
        stop(agreed, OSCAR, "Again")
    assert [each.name for each in store.list()] == [agreed.archived.name]


def test_one_request_at_a_time(asked: Retrieval) -> None:
    with pytest.raises(ArchiveRefused, match="asked for it already"), bound_to(CATALOG):
        ask(asked.archived, YUSUF, "dispute", WHY)
    with bound_to(CATALOG):
        assert Retrieval.objects.count() == 1
        stop(asked, YUSUF, "Not now")
        assert ask(asked.archived, YUSUF, "dispute", WHY).state == "requested"


def test_everybody_concerned_gets_a_letter_and_not_bob_nor_mallory(
    agreed: Retrieval, acme: Tenant, globex: Tenant, alice: User, oscar: User
) -> None:
    with posted(CATALOG) as ours, posted(acme) as theirs, posted(globex) as others:
        assert tell_what_is_agreed_to() == 1
        assert tell_what_is_agreed_to() == 0

    assert sorted(letter.to[0] for letter in theirs) == [alice.email, "owner@example.com"]  # the owners
    assert others == []
    [hers] = [letter for letter in theirs if letter.to == [alice.email]]
    [his] = [letter for letter in ours if letter.to == [oscar.email]]
    assert his.subject == "An archived copy of Acme is to be taken out"
    for letter in (hers, his):
        assert "priya@amana.example asked for it, and yusuf@amana.example agreed." in letter.body
        assert WHY in letter.body
        assert f"{current(agreed).earliest:%Y-%m-%d %H:%M} UTC" in letter.body
    assert f"/archive/{agreed.archived_id}/" in his.body
    assert "/archive/" not in hers.body


def test_what_is_damaged_never_leaves(agreed: Retrieval, store: Folder) -> None:
    told(agreed)
    later(agreed, delay() * 2)
    path = store.root / agreed.archived.name
    path.write_bytes(SEALED[:-1] + b"?")

    assert bring_what_may_leave() == 0

    assert current(agreed).state == "failed"
    assert "isn't what was sealed" in current(agreed).archived.damage
    assert not staged(agreed.pk, OUT).exists()


def test_what_isnt_fetched_within_a_day_is_gone_again(agreed: Retrieval) -> None:
    told(agreed)
    later(agreed, delay() * 2)
    bring_what_may_leave()
    assert end_what_wasnt_fetched() == 0
    changed(agreed, ready_until=timezone.now() - timedelta(seconds=1))

    with pytest.raises(ArchiveRefused, match="in time"), bound_to(CATALOG):
        fetch(agreed, PRIYA)
    assert end_what_wasnt_fetched() == 1

    assert current(agreed).state == "lapsed"
    assert not staged(agreed.pk, OUT).exists()
