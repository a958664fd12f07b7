"""Those who look after reviews are written to: once when one comes due, is late, or wasn't begun in time."""

from datetime import timedelta

import pytest
from django.core import mail
from django.utils import timezone

from accounts.models import Assignment, Review, ReviewNotice, User
from accounts.reviews.reminding import remind
from accounts.reviews.tasks import remind_reviewers
from audit.reading import read
from tenants.binding import bound_to
from tenants.models import Tenant
from tests.support import fleet
from tests.support.post import posted


def days(number: int) -> timedelta:
    return timedelta(days=number)


def letters_at(tenant: Tenant) -> list[tuple[str, str]]:
    """What a sweep sends: to whom, and its subject."""
    with posted(tenant) as letters, bound_to(tenant):
        remind()
    return sorted((letter.to[0], str(letter.subject)) for letter in letters)


@pytest.fixture
def due(acme: Tenant, review: Review) -> Review:
    with bound_to(acme):
        review.due_on = timezone.localdate() + days(7)
        review.save()
        return review


def test_a_week_before_the_reviewers_are_told_and_nobody_else(
    acme: Tenant, due: Review, bob: User, alice: User, vera: User
) -> None:
    with bound_to(acme):
        Review.objects.update(due_on=due.due_on + days(1))
    assert letters_at(acme) == []
    with bound_to(acme):
        Review.objects.update(due_on=due.due_on)

    subject = f"The access review Autumn at Acme is due on {due.due_on.isoformat()}"
    assert letters_at(acme) == [(alice.email, subject), (vera.email, subject)]
    assert letters_at(acme) == []
    with bound_to(acme):
        [told] = read(action="accounts.reviewers_told")
    assert (told.details, told.object_id) == ({"number": 2}, str(due.pk))


def test_the_letter_says_how_much_is_left_and_where(
    acme: Tenant, due: Review, alice: User, vera: User
) -> None:
    with posted(acme) as letters, bound_to(acme):
        remind()
    assert "3 assignments are undecided." in letters[0].body
    assert f"{acme.site_url}/reviews/{due.pk}/" in letters[0].body


def test_each_in_their_own_language(acme: Tenant, due: Review, vera: User) -> None:
    with bound_to(acme):
        User.objects.filter(pk=vera.pk).update(language="ar")
    with posted(acme) as letters, bound_to(acme):
        remind()
    [hers] = [letter for letter in letters if letter.to == [vera.email]]
    assert hers.message()["Content-Language"] == "ar"
    assert 'dir="rtl"' in hers.message().as_string()


def test_once_it_is_overdue_they_are_told_again_and_only_once(
    acme: Tenant, due: Review, alice: User, vera: User
) -> None:
    assert len(letters_at(acme)) == 2
    with bound_to(acme):
        Review.objects.update(due_on=timezone.localdate() - days(1))
    subject = "The access review Autumn at Acme is overdue"
    assert letters_at(acme) == [(alice.email, subject), (vera.email, subject)]
    assert letters_at(acme) == []


def test_what_ended_is_no_matter_any_more(acme: Tenant, due: Review) -> None:
    with bound_to(acme):
        Review.objects.update(
            state="completed", ended_at=timezone.now(), due_on=timezone.localdate() - days(1)
        )
    assert letters_at(acme) == []


def test_where_none_was_begun_in_90_days_whoever_may_start_one_is_told(
    acme: Tenant, alice: User, bob: User
) -> None:
    assert letters_at(acme) == []
    with bound_to(acme):
        Assignment.objects.update(granted_at=timezone.now() - days(91))
    assert letters_at(acme) == [(alice.email, "An access review at Acme is to be started")]
    assert letters_at(acme) == []

    with bound_to(acme):
        last = {"due_on": timezone.localdate() - days(91), "ended_at": timezone.now() - days(91)}
        Review.objects.create(name="Summer", state="completed", **last)
    assert len(letters_at(acme)) == 1
    assert letters_at(acme) == []


def test_nobody_is_told_who_cannot_sign_in_and_then_nothing_is_noted(
    acme: Tenant, due: Review, alice: User, vera: User
) -> None:
    with bound_to(acme):
        User.objects.filter(pk=alice.pk).update(is_active=False)
        User.objects.filter(pk=vera.pk).update(password="!")
        fleet.add_user("wei@acme.example", "Wei", "order_manager")
    assert letters_at(acme) == []
    with bound_to(acme):
        assert not ReviewNotice.objects.exists()
        User.objects.filter(pk=alice.pk).update(is_active=True)
    assert [to for to, _ in letters_at(acme)] == [alice.email]


def test_the_sweep_goes_over_all_and_mallory_hears_nothing_of_acme(
    acme: Tenant, globex: Tenant, catalog: None, due: Review, mallory: User
) -> None:
    with posted(acme) as letters, posted(globex) as others:
        remind_reviewers()
    assert {letter.subject.partition(" is due")[0] for letter in letters} == {
        "The access review Autumn at Acme"
    }
    assert others == []
    with bound_to(globex):
        assert not ReviewNotice.objects.exists()
    assert "globex" not in str([each.to for each in mail.outbox])
