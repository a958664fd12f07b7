"""Giving a role and taking it away, by the pages: every guard in words, at its field."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from django.test import Client
from django.utils import timezone

from accounts.exceptions import GrantRefused
from accounts.granting import end, grant
from accounts.models import Assignment, Role, User
from accounts.people.standing import deactivate, reactivate
from audit.context import acting
from audit.reading import read
from tenants.binding import bound_to
from tenants.models import Tenant
from tests.support import fleet

TODAY = timezone.localdate()
TERMS = {"scope": "tenant", "reason": "Covers for Ann", "review_on": str(TODAY + timedelta(days=90))}


def role(tenant: Tenant, code: str) -> str:
    with bound_to(tenant):
        return str(Role.objects.get(code=code).pk)


def held(tenant: Tenant, person: User) -> list[Assignment]:
    with bound_to(tenant):
        return [*person.assignments.select_related("role").order_by("granted_at")]


def test_alice_gives_bob_a_role_with_its_terms(
    acme: Tenant, alice_client: Client, alice: User, bob: User
) -> None:
    until = TODAY + timedelta(days=10)
    answer = alice_client.post(
        f"/people/{bob.pk}/roles/new/",
        {**TERMS, "role": role(acme, "accountant"), "scope": "own", "ends_on": str(until)},
    )
    assert (answer.status_code, answer["Location"]) == (302, f"/people/{bob.pk}/")
    given = held(acme, bob)[-1]
    assert (given.role.code, given.scope, given.reason) == ("accountant", "own", "Covers for Ann")
    assert given.review_on == TODAY + timedelta(days=90)
    assert given.granted_by_id == alice.pk
    assert given.ends_at
    assert timezone.localtime(given.ends_at).date() == until + timedelta(days=1)
    page = alice_client.get(f"/people/{bob.pk}/").content.decode()
    assert "Covers for Ann" in page
    assert "for own records" in page
    assert "given by <bdi>Alice</bdi>" in page


def test_it_is_in_force_from_the_next_request(acme: Tenant, alice_client: Client, bob: User) -> None:
    client = fleet.signed_in(acme, bob)
    assert client.get("/people/").status_code == 403
    alice_client.post(f"/people/{bob.pk}/roles/new/", {**TERMS, "role": role(acme, "auditor")})
    assert client.get("/people/").status_code == 200


def test_one_that_begins_later_gives_nothing_yet(acme: Tenant, alice_client: Client, bob: User) -> None:
    later = str(TODAY + timedelta(days=3))
    alice_client.post(
        f"/people/{bob.pk}/roles/new/", {**TERMS, "role": role(acme, "auditor"), "starts_on": later}
    )
    assert "not yet" in alice_client.get(f"/people/{bob.pk}/").content.decode()
    assert fleet.signed_in(acme, bob).get("/people/").status_code == 403


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"role": ""}, "Choose a role."),
        ({"reason": ""}, "Give a reason"),
        ({"review_on": ""}, "Say when it is looked at again."),
        ({"review_on": str(TODAY + timedelta(days=91))}, "Choose a day within the first 90 days."),
        ({"review_on": str(TODAY - timedelta(days=1))}, "Choose a day within the first 90 days."),
        ({"ends_on": str(TODAY - timedelta(days=1))}, "It would end before it begins."),
        (
            {"starts_on": str(TODAY + timedelta(days=5)), "ends_on": str(TODAY + timedelta(days=4))},
            "It would end before it begins.",
        ),
        ({"scope": "galaxy"}, "Select a valid choice"),
    ],
)
def test_what_makes_no_sense_is_said_and_nothing_is_given(
    acme: Tenant, alice_client: Client, bob: User, typed: dict[str, str], words: str
) -> None:
    given = {**TERMS, "role": role(acme, "accountant"), **typed}
    answer = alice_client.post(f"/people/{bob.pk}/roles/new/", given)
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert [each.role.code for each in held(acme, bob)] == ["order_manager"]


def test_the_same_role_twice_is_refused(acme: Tenant, alice_client: Client, bob: User) -> None:
    answer = alice_client.post(f"/people/{bob.pk}/roles/new/", {**TERMS, "role": role(acme, "order_manager")})
    assert answer.status_code == 422
    assert "This person has this role already." in answer.content.decode()
    assert len(held(acme, bob)) == 1


def test_nobody_gives_what_they_lack(acme: Tenant, with_rights: Callable[..., Client], bob: User) -> None:
    client = with_rights("accounts.user:view", "accounts.user:assign_role")
    answer = client.post(f"/people/{bob.pk}/roles/new/", {**TERMS, "role": role(acme, "owner")})
    assert answer.status_code == 422
    assert "You can&#x27;t give what you don&#x27;t have yourself" in answer.content.decode()
    assert [each.role.code for each in held(acme, bob)] == ["order_manager"]


def test_nobody_changes_their_own(acme: Tenant, alice: User, alice_client: Client) -> None:
    answer = alice_client.post(f"/people/{alice.pk}/roles/new/", {**TERMS, "role": role(acme, "auditor")})
    assert answer.status_code == 422
    assert "Nobody changes their own roles" in answer.content.decode()
    [own] = held(acme, alice)
    assert alice_client.post(f"/people/{alice.pk}/roles/{own.pk}/end/", {"reason": "x"}).status_code == 409
    assert held(acme, alice)[0].ends_at is None


def test_a_role_of_another_tenant_is_no_choice(
    acme: Tenant, globex: Tenant, alice_client: Client, bob: User
) -> None:
    with bound_to(globex):
        foreign = fleet.give(
            User.objects.get(email="mallory@globex.example"), "contacts.contact:view"
        ).role_id
    answer = alice_client.post(f"/people/{bob.pk}/roles/new/", {**TERMS, "role": str(foreign)})
    assert answer.status_code == 422
    assert len(held(acme, bob)) == 1


def test_ending_one_takes_it_away_from_the_next_request(
    acme: Tenant, alice: User, alice_client: Client, bob: User
) -> None:
    client, [own] = fleet.signed_in(acme, bob), held(acme, bob)
    assert client.get("/contacts/").status_code == 200

    answer = alice_client.post(f"/people/{bob.pk}/roles/{own.pk}/end/", {"reason": "Moved"})

    assert answer.status_code == 302
    assert client.get("/contacts/").status_code == 403
    page = alice_client.get(f"/people/{bob.pk}/").content.decode()
    assert "1 role that has ended" in page
    assert "ended by <bdi>Alice</bdi>: <bdi>Moved</bdi>" in page
    with bound_to(acme):
        assert read(action="accounts.role_ended")[0].actor == f"user:{alice.pk}"


def test_a_role_is_ended_on_its_own_persons_page_only(
    acme: Tenant, alice_client: Client, mallory_client: Client, alice: User, bob: User
) -> None:
    [own] = held(acme, bob)
    wrong = f"/people/{alice.pk}/roles/{own.pk}/end/"
    assert alice_client.post(wrong, {"reason": "x"}).status_code == 404
    assert mallory_client.post(f"/people/{bob.pk}/roles/{own.pk}/end/", {"reason": "x"}).status_code == 404
    assert held(acme, bob)[0].ends_at is None


def test_mallory_gives_nobody_at_acme_anything(
    acme: Tenant, globex: Tenant, mallory_client: Client, bob: User
) -> None:
    for code in (role(acme, "owner"), role(globex, "owner")):
        answer = mallory_client.post(f"/people/{bob.pk}/roles/new/", {**TERMS, "role": code})
        assert answer.status_code == 404
    assert len(held(acme, bob)) == 1


@pytest.mark.parametrize("lost", ["the role", "the account"])
def test_nobody_does_what_they_may_no_longer_while_their_request_waited(
    acme: Tenant, alice: User, bob: User, carla: User, lost: str
) -> None:
    with bound_to(acme):
        assert carla.rights.codes, "as it was when the request began"
        if lost == "the role":
            end(carla.assignments.get(), alice, "Left")
        else:
            deactivate(User.objects.get(pk=carla.pk), alice, "Left")
        with pytest.raises(GrantRefused, match="may not do this any more"):
            grant(bob, Role.objects.get(code="accountant"), carla)
        with pytest.raises(GrantRefused, match="may not do this any more"):
            end(bob.assignments.get(), carla, "Spite")
        for verb in (deactivate, reactivate):
            User.objects.filter(pk=bob.pk).update(is_active=verb is deactivate)
            with pytest.raises(GrantRefused, match="may not do this any more"):
                verb(bob, carla, "Spite")
            assert User.objects.get(pk=bob.pk).is_active is (verb is deactivate)
        assert [held.role.code for held in bob.assignments.not_over()] == ["order_manager"]


def test_of_two_who_take_each_others_role_away_at_once_one_is_refused(
    new_tenant: Callable[..., Tenant],
) -> None:
    """Each waits for the other's lock on a connection of their own, with rights read before."""
    hooli = new_tenant(name="Hooli")
    with bound_to(hooli):
        gavin = fleet.add_user("gavin@hooli.example", "Gavin", "owner")
        monica = fleet.add_user("monica@hooli.example", "Monica", "owner")
        fleet.add_user("jared@hooli.example", "Jared", "owner")
    both_read = Barrier(2)

    def strike(by: User, whom: User) -> bool:
        with acting(f"user:{by.pk}"), bound_to(hooli):
            assert by.has_perm("accounts.user:assign_role")
            both_read.wait(timeout=20)
            try:
                end(whom.assignments.get(), by, "Spite")
            except GrantRefused:
                return False
            return True

    with ThreadPoolExecutor(2) as threads:
        done = [*threads.map(strike, (gavin, monica), (monica, gavin))]

    assert sorted(done) == [False, True]
    with bound_to(hooli):
        held = [len([*person.assignments.not_over()]) for person in (gavin, monica)]
    assert sorted(held) == [0, 1]
