"""An access review at Acme: Alice owns it, Vera is its security officer, Bob has been forgotten for a while."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import Assignment, Review, ReviewItem, User
from accounts.reviews.campaigns import latest_due, start
from tenants.binding import bound_to
from tenants.models import Tenant
from tests.activity.conftest import words as words
from tests.support import fleet

ItemOf = Callable[[User], ReviewItem]


@pytest.fixture(autouse=True)
def without_olivia(acme: Tenant) -> None:
    """Who was invited when Acme was set up has left: Alice is the only owner."""
    with bound_to(acme):
        Assignment.objects.filter(user__name="Olivia").update(ends_at=timezone.now())


@pytest.fixture
def vera(acme: Tenant) -> User:
    with bound_to(acme):
        return fleet.add_user("vera@acme.example", "Vera", "security_officer")


@pytest.fixture
def vera_client(acme: Tenant, vera: User) -> Client:
    return fleet.signed_in(acme, vera)


@pytest.fixture
def bob_client(acme: Tenant, bob: User) -> Client:
    return fleet.signed_in(acme, bob)


@pytest.fixture
def review(acme: Tenant, alice: User, bob: User, vera: User) -> Review:
    with bound_to(acme):
        return start("Autumn", latest_due(), by=alice)


@pytest.fixture
def item_of(acme: Tenant, review: Review) -> ItemOf:
    def found(person: User) -> ReviewItem:
        with bound_to(acme):
            return review.items.get(assignment__user=person)

    return found


@pytest.fixture
def unflagged(acme: Tenant, bob: User) -> Assignment:
    """Bob's role, of which nothing is to be said: he is at work, and it is known why he has it."""
    with bound_to(acme):
        User.objects.get_queryset().filter(pk=bob.pk).update(last_login=timezone.now())
        bob.totpdevice_set.create(name="Phone", confirmed=True)
        bob.assignments.update(reason="Runs the desk", review_on=timezone.localdate() + timedelta(days=9))
        return bob.assignments.get()
