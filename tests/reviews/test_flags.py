"""What deserves a second look."""

from datetime import timedelta

from django.utils import timezone

from accounts.models import Assignment, User
from accounts.reviews.flags import Flag, flags_of, look, usage_of
from accounts.role_content import codes_of
from audit.context import acting
from audit.recording import record
from business.contacts.models import Contact
from tenants.binding import bound_to
from tenants.models import Tenant

LONG_AGO = timedelta(days=91)


def flags(person: User) -> list[Flag]:
    assignment = Assignment.objects.select_related("user", "role__group").get(user=person)
    return flags_of(assignment, codes_of(assignment.role), look([assignment]))


def test_an_assignment_of_which_nothing_is_to_be_said(acme: Tenant, bob: User, unflagged: Assignment) -> None:
    with bound_to(acme):
        assert flags(bob) == []


def test_each_reason_raises_its_flag(acme: Tenant, bob: User, unflagged: Assignment) -> None:
    now = timezone.now()
    with bound_to(acme):
        people, assignments = User.objects.get_queryset().filter(pk=bob.pk), bob.assignments
        people.update(last_login=now - LONG_AGO)
        assert flags(bob) == [Flag.DORMANT]
        people.update(last_login=now, is_active=False)
        assert flags(bob) == [Flag.SHUT_OUT]
        people.update(is_active=True)
        bob.totpdevice_set.all().delete()
        assert flags(bob) == [Flag.NO_SECOND_FACTOR]
        bob.totpdevice_set.create(name="Phone", confirmed=True)
        assignments.update(reason="")
        assert flags(bob) == [Flag.NO_REASON]
        assignments.update(reason="Desk", review_on=timezone.localdate() - timedelta(days=1))
        assert flags(bob) == [Flag.REVIEW_PAST]


def test_somebody_new_is_not_dormant(acme: Tenant, bob: User, unflagged: Assignment) -> None:
    with bound_to(acme):
        people = User.objects.get_queryset().filter(pk=bob.pk)
        people.update(last_login=None)
        assert flags(bob) == []
        people.update(joined_at=timezone.now() - LONG_AGO)
        assert flags(bob) == [Flag.DORMANT]


def test_use_is_told_by_the_log_for_what_leaves_a_trace(
    acme: Tenant, alice: User, bob: User, unflagged: Assignment
) -> None:
    """An order manager adds and changes contacts; that others do says nothing, and nothing of reading is known."""
    with bound_to(acme):
        codes = codes_of(unflagged.role)
        with acting(f"user:{alice.pk}"):
            Contact.objects.create(name="Dora")
        before = usage_of(unflagged, codes, look([unflagged]))
        with acting(f"user:{bob.pk}"):
            contact = Contact.objects.create(name="Ann")
        half = usage_of(unflagged, codes, look([unflagged]))
        with acting(f"user:{bob.pk}"):
            Contact.objects.filter(pk=contact.pk).update(city="York")
            record("contacts.exported", "done", contacts=1)
        whole = usage_of(unflagged, codes, look([unflagged]))
    assert before.unused == ("contacts.contact:create", "contacts.contact:update")
    assert (half.traced, half.unused) == (2, ("contacts.contact:update",))
    assert whole.unused == ()


def test_an_old_assignment_of_which_nothing_was_used_is_flagged(
    acme: Tenant, bob: User, unflagged: Assignment
) -> None:
    with bound_to(acme):
        bob.assignments.update(starts_at=timezone.now() - LONG_AGO)
        assert flags(bob) == [Flag.UNUSED]
        with acting(f"user:{bob.pk}"):
            Contact.objects.create(name="Ann")
        assert flags(bob) == []
