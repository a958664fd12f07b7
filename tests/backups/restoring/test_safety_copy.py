"""What a restore in place replaces is in a copy: where the swap is tried again, in one of then."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.db.models import F
from django.utils import timezone

from backups.exceptions import BackupError
from backups.models import Backup, Restore
from backups.restoring import asking, swapping
from backups.restoring.carrying import carry
from business.contacts.models import Contact
from tenants.binding import CATALOG, bound_to
from tenants.models import Operation, Tenant
from tests.access.cases_backups import copy_of
from tests.backups.restoring.conftest import Kept, backup_worker, meanwhile
from tests.backups.restoring.test_following import no_copy


@pytest.fixture
def stopped(kept: Kept, monkeypatch: pytest.MonkeyPatch) -> Iterator[Restore]:
    """In place: its safety copy was made, putting it in force failed, and the site is open again."""
    operation = kept.begun(in_place=True)
    monkeypatch.setattr(swapping, "take_up", _stumble)
    with backup_worker():
        with pytest.raises(ArithmeticError):
            carry(operation.pk)
        monkeypatch.undo()
        yield kept.restore(operation)


def _stumble(*_: object) -> None:
    raise ArithmeticError("on purpose")


def asked_again(restore: Restore) -> Operation:
    with bound_to(CATALOG):
        restore.refresh_from_db()
        return asking.ask_swap(restore, "operator:oscar", restore.tenant.slug)


def copies_of(operation: Operation) -> list[Backup]:
    with bound_to(CATALOG):
        made = Backup.objects.filter(tier="safety", due__gte=operation.requested_at)
        return [*made.order_by("due")]


def made_before(operation: Operation, minutes: int) -> None:
    with bound_to(CATALOG):
        made = Backup.objects.filter(tier="safety", due__gte=operation.requested_at)
        made.update(finished_at=F("finished_at") - timedelta(minutes=minutes))


@pytest.mark.slow
def test_what_people_did_since_it_failed_is_in_a_copy(kept: Kept, stopped: Restore) -> None:
    """The first one is eleven minutes old when it is asked for again."""
    with bound_to(kept.fresh()):
        Contact.objects.create(name="Written after the safety copy")
        number = Contact.objects.count()
    with bound_to(CATALOG):
        assert stopped.swap is not None
        made_before(stopped.swap, 11)
    operation = asked_again(stopped)
    with bound_to(CATALOG):
        assert operation.steps.get(position=0).state == "waiting"

    carry(operation.pk)

    first, second = copies_of(operation)
    rows = [copy.manifest["content"]["public.contacts_contact"]["rows"] for copy in (first, second)]
    assert rows == [number - 1, number]
    assert kept.fresh().schema_name == stopped.new_database


@pytest.mark.parametrize(("minutes", "first"), [(9, "done"), (11, "waiting")])
def test_whoever_asks_again_sees_whether_one_is_made_anew(
    acme: Tenant, catalog: None, minutes: int, first: str
) -> None:
    with bound_to(CATALOG):
        wish = asking.Wish("mistake", "Contacts were deleted", in_place=True, typed="acme")
        restore = asking.ask(acme, copy_of(acme), "operator:oscar", wish)
        Restore.objects.filter(pk=restore.pk).update(state="ready")
        swap = asking.ask_swap(restore, "operator:oscar", "acme")
        step = swap.steps.get(position=0)
        step.begin()
        step.end()
        swap.fail("on purpose")
        made = copy_of(acme)
        made.tier, made.due, made.finished_at = "safety", swap.requested_at, timezone.now()
        made.save()
        made_before(swap, minutes)

        again = asking.ask_swap(restore, "operator:oscar", "acme")

        assert (again.pk, again.state) == (swap.pk, "queued")
        assert again.steps.get(position=0).state == first


@pytest.mark.slow
def test_a_copy_of_a_moment_ago_is_enough(stopped: Restore) -> None:
    operation = asked_again(stopped)
    with bound_to(CATALOG):
        made_before(operation, 9)
    carry(operation.pk)
    assert len(copies_of(operation)) == 1


@pytest.mark.slow
def test_where_it_has_aged_before_anybody_went_on_there_is_a_new_one_all_the_same(stopped: Restore) -> None:
    """Asked for while it was fresh, and taken up by a worker that came back later."""
    operation = asked_again(stopped)
    made_before(operation, 11)

    carry(operation.pk)

    assert len(copies_of(operation)) == 2
    with bound_to(CATALOG):
        assert [step.state for step in operation.steps.all()] == ["done", "done", "done"]


@pytest.mark.slow
def test_one_that_failed_is_wished_for_anew(kept: Kept) -> None:
    begun = kept.begun(in_place=True)
    with meanwhile(no_copy), pytest.raises(BackupError, match="so it isn't replaced"):
        carry(begun.pk)
    restore = kept.restore(begun)

    operation = asked_again(restore)
    with backup_worker():
        carry(operation.pk)

    assert [copy.state for copy in copies_of(operation)] == ["failed", "done"]
    assert kept.fresh().schema_name == restore.new_database
