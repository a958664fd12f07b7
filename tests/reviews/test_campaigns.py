"""Starting, completing and giving up an access review."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.exceptions import ReviewRefused
from accounts.granting import end
from accounts.models import Assignment, Review, User
from accounts.reviews.campaigns import cancel, complete, is_overdue, latest_due, start
from accounts.reviews.deciding import Choice, decide
from audit.context import acting
from audit.reading import read
from tenants.binding import bound_to
from tenants.models import Tenant
from tests.reviews.conftest import ItemOf

KEEP = Choice(decision="keep", reason="Needed")


def days(number: int) -> timedelta:
    return timedelta(days=number)


def test_it_takes_up_all_that_is_in_force_and_nothing_else(
    acme: Tenant, alice: User, bob: User, vera: User
) -> None:
    with bound_to(acme):
        end(bob.assignments.get(), by=alice, reason="Left the desk")
        with acting(f"user:{alice.pk}"):
            review = start("Autumn", latest_due(), by=alice)
        items = {(item.person_name, item.role_name, item.decision) for item in review.items.all()}
        [told] = read(action="accounts.review_started")
    assert items == {("Alice", "Owner", ""), ("Vera", "Security officer", "")}
    assert (told.actor, told.object_id, told.details) == (f"user:{alice.pk}", str(review.pk), {"number": 2})


def test_only_one_is_open(acme: Tenant, alice: User, review: Review) -> None:
    with bound_to(acme):
        with pytest.raises(ReviewRefused, match="A review is open already"):
            start("Another", latest_due(), by=alice)
        assert Review.objects.count() == 1


@pytest.mark.parametrize(
    ("distance", "words"), [(-1, "That day has passed"), (91, "everything is looked at")]
)
def test_it_is_due_within_90_days(acme: Tenant, alice: User, distance: int, words: str) -> None:
    with bound_to(acme):
        with pytest.raises(ReviewRefused, match=words):
            start("Autumn", timezone.localdate() + days(distance), by=alice)
        assert not Review.objects.exists()


def test_the_next_is_due_90_days_after_the_last_and_late_ones_in_two_weeks(acme: Tenant, alice: User) -> None:
    with bound_to(acme):
        assert is_overdue()
        last = Review.objects.create(
            name="Summer", due_on=timezone.localdate(), state="completed", ended_at=timezone.now() - days(80)
        )
        assert (is_overdue(), latest_due()) == (False, timezone.localdate() + days(14))
        Review.objects.filter(pk=last.pk).update(ended_at=timezone.now() - days(60))
        assert (is_overdue(), latest_due()) == (False, timezone.localdate() + days(30))
        Review.objects.filter(pk=last.pk).update(ended_at=timezone.now() - days(91))
        assert (is_overdue(), latest_due()) == (True, timezone.localdate() + days(14))


def test_it_is_not_complete_while_something_is_undecided(
    acme: Tenant, alice: User, vera: User, review: Review, item_of: ItemOf
) -> None:
    with bound_to(acme):
        decide(item_of(alice), KEEP, by=vera)
        with pytest.raises(ReviewRefused, match="2 assignments are undecided: Bob, Vera"):
            complete(review, by=alice)
        review.refresh_from_db()
        assert review.state == "open"


def test_it_is_completed_once_everything_is_decided_or_gone(
    acme: Tenant, alice: User, bob: User, vera: User, *, review: Review, item_of: ItemOf
) -> None:
    with bound_to(acme):
        decide(item_of(alice), KEEP, by=vera)
        decide(item_of(vera), KEEP, by=alice)
        end(bob.assignments.get(), by=alice, reason="Left meanwhile")
        complete(review, by=alice)
        review.refresh_from_db()
        assert (review.state, review.ended_by_id, is_overdue()) == ("completed", alice.pk, False)
        [told] = read(action="accounts.review_completed")
        assert told.details == {"number": 2}


def test_given_up_it_counts_as_none_and_what_was_decided_stays_done(
    acme: Tenant, alice: User, bob: User, review: Review, item_of: ItemOf
) -> None:
    with bound_to(acme):
        decide(item_of(bob), Choice(decision="revoke", reason="Left"), by=alice)
        cancel(review, by=alice)
        review.refresh_from_db()
        assert (review.state, is_overdue()) == ("cancelled", True)
        assert not Assignment.objects.in_force().filter(user=bob).exists()
        for verb in (complete, cancel):
            with pytest.raises(ReviewRefused, match="has ended"):
                verb(review, by=alice)
