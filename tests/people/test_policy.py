from collections.abc import Callable

import pytest
from django.test import Client

from accounts.models import SecurityPolicy, User
from audit.reading import read
from tenants.binding import CATALOG, bound_to
from tenants.models import Tenant
from tests.support import fleet

TYPED = {
    "version": "1",
    "preset": "nist",
    "idle_minutes": "30",
    "absolute_hours": "8",
    "lock_minutes": "10",
    "totp_for_all": "on",
}
LETS_IN = TYPED | {"second_operator_may_approve": "on"}
ADMIN = ("accounts.security_policy:view", "accounts.security_policy:update", "accounts.support_grant:view")


def policy(tenant: Tenant) -> SecurityPolicy:
    with bound_to(tenant):
        return SecurityPolicy.in_force()


def test_the_page_says_what_is_asked_of_everybody(alice_client: Client, bob: User) -> None:
    page = alice_client.get("/people/policy/").content.decode()
    assert "60 minutes of silence" in page
    assert "12 characters of four kinds" in page
    assert "2 people who can sign in have none yet." in page


def test_alice_changes_it_and_the_log_says_what(acme: Tenant, alice: User, alice_client: Client) -> None:
    mark = policy(acme).rights_mark
    answer = alice_client.post("/people/policy/edit/", TYPED)
    assert (answer.status_code, answer["Location"]) == (302, "/people/policy/")
    held = policy(acme)
    assert (held.preset, held.idle_minutes, held.absolute_hours, held.lock_minutes) == ("nist", 30, 8, 10)
    assert (held.totp_for_all, held.second_operator_may_approve, held.version) == (True, False, 2)
    assert held.rights_mark != mark
    with bound_to(acme):
        [event] = read(action="accounts.policy_changed")
    assert event.actor == f"user:{alice.pk}"
    assert event.details == {
        "changes": "preset: marketplace → nist, idle_minutes: 60 → 30, absolute_hours: 12 → 8,"
        " lock_minutes: 15 → 10, totp_for_all: False → True"
    }


def test_nothing_changed_leaves_no_trace(acme: Tenant, alice_client: Client) -> None:
    same = {"version": "1", "preset": "marketplace", "idle_minutes": "60", "absolute_hours": "12"}
    assert alice_client.post("/people/policy/edit/", {**same, "lock_minutes": "15"}).status_code == 302
    assert policy(acme).version == 1
    with bound_to(acme):
        assert read(action="accounts.policy_changed") == []


@pytest.mark.parametrize(
    "typed",
    [
        *({"idle_minutes": "4"}, {"idle_minutes": "721"}, {"absolute_hours": "0"}, {"absolute_hours": "169"}),
        *({"lock_minutes": "0"}, {"lock_minutes": "31"}, {"preset": "none"}, {"version": ""}),
        {"idle_minutes": "120", "absolute_hours": "1"},
    ],
)
def test_values_that_would_weaken_it_beyond_measure_are_refused(
    acme: Tenant, alice_client: Client, typed: dict[str, str]
) -> None:
    assert alice_client.post("/people/policy/edit/", TYPED | typed).status_code == 422
    assert (policy(acme).version, policy(acme).preset) == (1, "marketplace")


def test_a_newer_version_is_shown_beside_what_was_typed(acme: Tenant, alice_client: Client) -> None:
    with bound_to(acme):
        SecurityPolicy.objects.update(idle_minutes=45, version=2)
    answer = alice_client.post("/people/policy/edit/", TYPED)
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "changed while you were editing" in page
    assert "<del>45</del>" in page
    assert 'name="version" value="2"' in page
    assert policy(acme).idle_minutes == 45
    assert alice_client.post("/people/policy/edit/", TYPED | {"version": "2"}).status_code == 302
    assert policy(acme).idle_minutes == 30


def test_whoever_may_only_look_changes_nothing(acme: Tenant, with_rights: Callable[..., Client]) -> None:
    client = with_rights("accounts.security_policy:view")
    assert "/people/policy/edit/" not in client.get("/people/policy/").content.decode()
    assert client.post("/people/policy/edit/", TYPED).status_code == 403
    assert policy(acme).version == 1


def test_mallory_changes_her_own_tenants_only(acme: Tenant, globex: Tenant, mallory_client: Client) -> None:
    assert mallory_client.post("/people/policy/edit/", TYPED).status_code == 302
    assert (policy(globex).version, policy(acme).version) == (2, 1)


def test_operators_have_no_choice_about_the_second_factor(oscar_client: Client) -> None:
    page = oscar_client.get("/people/policy/edit/").content.decode()
    assert 'name="totp_for_all"' not in page
    oscar_client.post("/people/policy/edit/", TYPED | {"second_operator_may_approve": "on"})
    with bound_to(CATALOG):
        held = SecurityPolicy.in_force()
    assert (held.preset, held.totp_for_all, held.second_operator_may_approve) == ("nist", False, False)


def test_whoever_may_not_let_support_in_gives_nobody_else_the_say(
    acme: Tenant, with_rights: Callable[..., Client]
) -> None:
    client = with_rights(*ADMIN)
    page = client.get("/people/policy/edit/").content.decode()
    assert "Changed only by whoever may let support in." in page

    answer = client.post("/people/policy/edit/", LETS_IN)

    assert answer.status_code == 403
    assert "Only somebody who may let support in decides who else may." in answer.content.decode()
    assert 'value="30"' in answer.content.decode()
    assert (policy(acme).second_operator_may_approve, policy(acme).version) == (False, 1)


def test_nor_do_they_take_it_away_by_saving_the_rest(
    acme: Tenant, with_rights: Callable[..., Client], alice_client: Client
) -> None:
    assert alice_client.post("/people/policy/edit/", LETS_IN).status_code == 302
    client = with_rights(*ADMIN)
    typed = TYPED | {"version": "2", "idle_minutes": "20"}
    assert client.post("/people/policy/edit/", typed).status_code == 302
    assert (policy(acme).second_operator_may_approve, policy(acme).idle_minutes) == (True, 20)


def test_an_administrator_is_one_who_may_not(acme: Tenant) -> None:
    with bound_to(acme):
        nadia = fleet.add_user("nadia@acme.example", "Nadia", "tenant_admin")
    answer = fleet.signed_in(acme, nadia).post("/people/policy/edit/", LETS_IN)
    assert (answer.status_code, policy(acme).second_operator_may_approve) == (403, False)
