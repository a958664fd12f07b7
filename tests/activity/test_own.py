"""What each person sees of their own account."""

from django.test import Client

from accounts.models import User
from audit.context import acting
from audit.recording import record
from tenants.binding import CATALOG, bound_to
from tenants.models import Tenant
from tests.activity.conftest import words


def test_everybody_reads_what_concerns_their_own_account(
    acme: Tenant, alice: User, bob: User, bob_client: Client
) -> None:
    with bound_to(acme):
        with acting("anonymous", ip="203.0.113.9"):
            record("accounts.signed_in", "refused", subject="accounts_user", object_id=bob.pk, name="Bob")
        with acting(f"user:{alice.pk}"):
            record(
                "accounts.role_granted",
                subject="accounts_user",
                object_id=bob.pk,
                name="Bob",
                role="Accountant",
            )
            record("accounts.signed_out", subject="accounts_user", object_id=alice.pk, name="Alice")
        with acting(f"user:{bob.pk}"):
            record("contacts.exported", contacts=5)

    answer = bob_client.get("/activity/own/")

    page = words(answer.content)
    assert "Bob exported contacts: 5 of them" in page
    assert "Bob was given the role Accountant" in page
    assert "Bob was refused at sign-in" in page
    assert "203.0.113.9" in page
    assert "Alice signed out" not in page
    assert not any(line.event.is_change for line in answer.context["lines"])


def test_it_comes_page_by_page(acme: Tenant, bob: User, bob_client: Client) -> None:
    with bound_to(acme), acting(f"user:{bob.pk}"):
        for number in range(60):
            record("contacts.exported", contacts=number)

    first = bob_client.get("/activity/own/")
    second = bob_client.get(f"/activity/own/?after={first.context['page'].next}")

    told = [line.event.id for answer in (first, second) for line in answer.context["lines"]]
    assert len(first.context["lines"]) == 50
    assert len(told) == len({*told}) >= 60
    assert told == sorted(told, reverse=True)


def test_it_leads_nowhere_that_a_person_may_not_go(acme: Tenant, bob: User, bob_client: Client) -> None:
    with bound_to(acme), acting(f"user:{bob.pk}"):
        record("contacts.exported", contacts=1)

    page = bob_client.get("/activity/own/").content.decode()

    assert "Everything" not in page
    assert "?who=" not in page


def test_strangers_have_none(acme_client: Client) -> None:
    assert acme_client.get("/activity/own/").status_code == 302


def test_mallory_reads_her_own_only(acme: Tenant, alice: User, mallory_client: Client) -> None:
    with bound_to(acme), acting(f"user:{alice.pk}"):
        record("contacts.exported", contacts=77)

    assert "77 of them" not in words(mallory_client.get("/activity/own/").content)


def test_an_operator_reads_theirs(oscar: User, oscar_client: Client) -> None:
    with bound_to(CATALOG), acting(f"operator:{oscar.pk}"):
        record("accounts.signed_out", subject="accounts_user", object_id=oscar.pk, name="Oscar")

    assert "Oscar signed out" in words(oscar_client.get("/activity/own/").content)
