"""Ninety days, a warning for the last fourteen of them, and the one page that is left then."""

from datetime import timedelta

import pytest
from django.db import connections
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import SecurityPolicy, User
from tenants.binding import CATALOG, Bindable, bound_to
from tenants.models import Tenant
from tests.audit.looking import Line, lines, newest
from tests.conftest import PASSWORD

NEW = "Kd83-hx7-qz1"
TYPED = {"old_password": PASSWORD, "new_password1": NEW, "new_password2": NEW}
EXPIRED = "Your password has expired. Set a new one to go on."


def aged(target: Bindable, person: User, *, hours: int = 0, **age: int) -> None:
    """As if it had been set that long ago."""
    with bound_to(target):
        at = timezone.now() - timedelta(hours=hours, **age)
        User.objects.filter(pk=person.pk).update(password_set_at=at)


def owed(target: Bindable, person: User) -> None:
    with bound_to(target):
        User.objects.filter(pk=person.pk).update(must_set_password=True)


@pytest.mark.parametrize(
    ("days", "hours", "words"),
    [
        (75, 23, None),
        (76, 0, "Your password is good for 13 more days."),
        (88, 12, "Your password is good for 1 more day."),
        (89, 23, "Your password is good for 0 more days."),
    ],
)
def test_alice_is_warned_from_day_76(
    *, acme: Tenant, alice: User, alice_client: Client, days: int, hours: int, words: str | None
) -> None:
    aged(acme, alice, days=days, hours=hours)
    page = alice_client.get("/contacts/")
    assert page.status_code == 200
    text = page.content.decode()
    assert (words in text) if words else ("Your password is good for" not in text)


def test_after_90_days_only_one_page_is_left(acme: Tenant, alice: User, alice_client: Client) -> None:
    aged(acme, alice, days=90)
    answer = alice_client.get("/contacts/?q=x")
    assert (answer.status_code, answer["Location"]) == (302, "/change-password/?next=%2Fcontacts%2F%3Fq%3Dx")
    page = alice_client.get(answer["Location"])
    assert page.status_code == 200
    assert EXPIRED in page.content.decode()


def test_a_new_one_leads_on_to_where_she_was_going(acme: Tenant, alice: User, alice_client: Client) -> None:
    aged(acme, alice, days=90)
    where = alice_client.get("/contacts/")["Location"]
    assert alice_client.post(where, TYPED)["Location"] == "/contacts/"
    assert alice_client.get("/contacts/").status_code == 200


def test_nothing_is_done_by_whoever_owes_a_password(acme: Tenant, alice: User, alice_client: Client) -> None:
    owed(acme, alice)
    answer = alice_client.post("/preferences/", {"theme": "dark", "density": "compact", "language": ""})
    assert (answer.status_code, answer["Location"]) == (302, "/change-password/?next=%2F")
    with bound_to(acme):
        assert User.objects.get(pk=alice.pk).theme == "system"


def test_part_of_a_page_is_told_as_when_a_session_has_ended(
    acme: Tenant, alice: User, alice_client: Client
) -> None:
    owed(acme, alice)
    answer = alice_client.get("/contacts/", headers={"HX-Request": "true"})
    assert (answer.status_code, answer.content) == (401, b"")


def test_she_may_still_leave_and_choose_a_language(acme: Tenant, alice: User, alice_client: Client) -> None:
    owed(acme, alice)
    assert alice_client.post("/language/", {"language": "ar", "next": "/change-password/"})["Location"] == (
        "/change-password/"
    )
    assert alice_client.post("/sign-out/")["Location"] == "/sign-in/"


def test_whoever_was_asked_to_is_told_so_and_is_free_afterwards(
    acme: Tenant, alice: User, alice_client: Client
) -> None:
    owed(acme, alice)
    assert "You were asked to set a new password." in alice_client.get("/change-password/").content.decode()
    alice_client.post("/change-password/", TYPED)
    assert alice_client.get("/contacts/").status_code == 200
    with bound_to(acme):
        assert not User.objects.get(pk=alice.pk).must_set_password


def test_it_is_recorded_once_a_session(acme: Tenant, alice: User, alice_client: Client) -> None:
    aged(acme, alice, days=90)
    before = newest(acme)
    for _ in range(3):
        alice_client.get("/contacts/")
    words = "Alice has to set a new password before going on"
    assert lines(acme, before) == [Line("accounts.password_expired", "refused", f"user:{alice.pk}", words)]


def test_nist_lets_a_password_be(acme: Tenant, alice: User, alice_client: Client) -> None:
    aged(acme, alice, days=5000)
    with bound_to(acme):
        SecurityPolicy.objects.update(preset="nist")
    page = alice_client.get("/contacts/")
    assert page.status_code == 200
    assert "Your password is good for" not in page.content.decode()


def test_an_operators_expires_as_well(catalog: None, oscar: User, oscar_client: Client) -> None:
    aged(CATALOG, oscar, days=90)
    assert oscar_client.get("/")["Location"].startswith("/change-password/")


def test_the_policy_comes_with_the_person_and_costs_no_query(
    acme: Tenant, alice: User, alice_client: Client
) -> None:
    aged(acme, alice, days=80)
    with bound_to(acme), CaptureQueriesContext(connections[acme.schema_name]) as queries:
        alice_client.get("/preferences/")
    asked = [query["sql"] for query in queries if "accounts_securitypolicy" in query["sql"]]
    assert asked
    assert not any(sql.startswith('SELECT "accounts_securitypolicy"') for sql in asked)
