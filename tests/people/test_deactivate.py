"""Shut out at once, and let in again."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.utils import timezone

from access.rights import NO_RIGHTS
from accounts.exceptions import AccountsRefused
from accounts.granting import end
from accounts.inviting import set_password_link
from accounts.models import FormerPassword, User
from accounts.people.standing import deactivate, reactivate, withdraw
from audit.reading import read
from business.contacts.models import Contact
from tenants.binding import CATALOG, bound_to
from tenants.models import Tenant
from tests.conftest import PASSWORD
from tests.support import fleet

WHY = {"reason": "Left the company"}


def again(tenant: Tenant, person: User) -> User:
    with bound_to(tenant):
        return User.objects.get(pk=person.pk)


def test_the_next_click_finds_nobody_signed_in(acme: Tenant, alice_client: Client, bob: User) -> None:
    browsers = [fleet.signed_in(acme, bob) for _ in range(2)]
    assert [each.get("/contacts/").status_code for each in browsers] == [200, 200]

    answer = alice_client.post(f"/people/{bob.pk}/deactivate/", WHY)

    assert (answer.status_code, answer["Location"]) == (302, f"/people/{bob.pk}/")
    assert [each.get("/contacts/")["Location"] for each in browsers] == ["/sign-in/?next=/contacts/"] * 2
    with bound_to(acme):
        assert bob.sessions.count() == 0


def test_the_password_opens_nothing_any_more(
    acme: Tenant, acme_client: Client, alice_client: Client, bob: User
) -> None:
    alice_client.post(f"/people/{bob.pk}/deactivate/", WHY)
    assert acme_client.post("/sign-in/", {"email": bob.email, "password": PASSWORD}).status_code == 422


def test_links_sent_before_are_worthless(
    acme: Tenant, acme_client: Client, alice_client: Client, bob: User
) -> None:
    with bound_to(acme):
        link = set_password_link(bob, "")
    alice_client.post(f"/people/{bob.pk}/deactivate/", WHY)
    assert acme_client.get(link).status_code == 410
    with bound_to(acme):
        User.objects.filter(pk=bob.pk).update(is_active=True)
    assert acme_client.get(link).status_code == 410


def test_roles_stay_and_give_nothing(acme: Tenant, alice: User, bob: User) -> None:
    with bound_to(acme):
        deactivate(bob, alice, "Left")
        person = User.objects.get(pk=bob.pk)
        assert [held.role.code for held in person.assignments.in_force()] == ["order_manager"]
        assert person.rights is NO_RIGHTS
        assert not person.has_perm("contacts.contact:view")


def test_it_is_in_the_log_with_who_and_why(
    acme: Tenant, alice: User, alice_client: Client, bob: User
) -> None:
    alice_client.post(f"/people/{bob.pk}/deactivate/", WHY)
    with bound_to(acme):
        [event] = read(action="accounts.deactivated")
        [row] = [each for each in read(action="update") if each.subject == "accounts_user"][:1]
    assert (event.actor, event.reason, event.object_id) == (
        f"user:{alice.pk}",
        "Left the company",
        str(bob.pk),
    )
    assert event.sentence == "Bob was deactivated"
    assert (row.reason, row.after["is_active"]) == ("Left the company", False)


def test_the_page_says_what_is_still_theirs(
    acme: Tenant, alice_client: Client, bob: User, globex: Tenant, mallory: User
) -> None:
    with bound_to(acme):
        for name in ("Ann", "Ben"):
            Contact(name=name).create(by=bob)
    page = alice_client.get(f"/people/{bob.pk}/deactivate/").content.decode()
    assert "What is still theirs" in page
    assert "Contacts that they added" in page
    assert "<bdi>2</bdi>" in page


@pytest.mark.parametrize("given", [{}, {"reason": "  "}, {"reason": "x" * 301}])
def test_without_a_reason_nothing_happens(
    acme: Tenant, alice_client: Client, bob: User, given: dict[str, str]
) -> None:
    assert alice_client.post(f"/people/{bob.pk}/deactivate/", given).status_code == 422
    assert again(acme, bob).is_active


def test_nobody_shuts_themselves_out(acme: Tenant, carla: User, alice: User, alice_client: Client) -> None:
    answer = alice_client.post(f"/people/{alice.pk}/deactivate/", WHY)
    assert answer.status_code == 409
    assert "Nobody deactivates themselves" in answer.content.decode()
    assert "Left the company" in answer.content.decode()
    assert again(acme, alice).is_active


def test_the_last_owner_stays(
    acme: Tenant, alice: User, carla: User, with_rights: Callable[..., Client]
) -> None:
    with bound_to(acme):
        deactivate(User.objects.get(email="owner@example.com"), alice, "never came")
        deactivate(carla, alice, "left")
    client = with_rights("accounts.user:deactivate")
    answer = client.post(f"/people/{alice.pk}/deactivate/", WHY)
    assert answer.status_code == 409
    assert "Alice is the last owner" in answer.content.decode()
    assert again(acme, alice).is_active


def test_an_owner_who_never_came_is_nobody_to_leave_a_site_to(acme: Tenant, alice: User, bob: User) -> None:
    with bound_to(acme):
        fleet.give(bob, "accounts.user:deactivate", "accounts.user:assign_role")
        assert not User.objects.get(email="owner@example.com").has_usable_password()
        with pytest.raises(AccountsRefused, match="Alice is the last owner"):
            deactivate(alice, bob, "test")
        with pytest.raises(AccountsRefused, match="Alice is the last owner"):
            end(alice.assignments.get(), bob, "test")
        assert User.objects.get(pk=alice.pk).has_perm("accounts.user:assign_role")


def test_the_last_owners_invitation_is_not_withdrawn(acme: Tenant, alice: User, bob: User) -> None:
    with bound_to(acme):
        olivia = User.objects.get(email="owner@example.com")
        alice.assignments.update(ends_at=timezone.now())
        fleet.give(bob, "accounts.user:invite")
        with pytest.raises(AccountsRefused, match="Olivia is the last owner"):
            withdraw(olivia, bob)
        assert User.objects.get(pk=olivia.pk).is_active


def test_once_is_enough(acme: Tenant, alice_client: Client, bob: User) -> None:
    alice_client.post(f"/people/{bob.pk}/deactivate/", WHY)
    assert alice_client.post(f"/people/{bob.pk}/deactivate/", WHY).status_code == 409


def test_whoever_lacks_the_right_changes_nothing(
    acme: Tenant, with_rights: Callable[..., Client], bob: User
) -> None:
    client = with_rights("accounts.user:view", "accounts.user:unlock")
    assert client.post(f"/people/{bob.pk}/deactivate/", WHY).status_code == 403
    assert again(acme, bob).is_active


def test_a_role_for_own_records_gives_nothing_over_people(acme: Tenant, bob: User, alice: User) -> None:
    with bound_to(acme):
        wendy = User.objects.invite("wendy@acme.example", "Wendy")
        fleet.give(
            wendy, "accounts.user:view", "accounts.user:deactivate", "contacts.contact:view", scope="own"
        )
        assert wendy.rights.codes == {"contacts.contact:view"}
    client = fleet.signed_in(acme, wendy)
    assert client.get("/people/").status_code == 403
    assert client.post(f"/people/{bob.pk}/deactivate/", WHY).status_code == 403
    assert again(acme, bob).is_active


def test_let_in_again_is_invited_anew(
    acme: Tenant, acme_client: Client, alice_client: Client, bob: User
) -> None:
    alice_client.post(f"/people/{bob.pk}/deactivate/", WHY)
    with bound_to(acme):
        old = User.objects.get(pk=bob.pk).password

    answer = alice_client.post(f"/people/{bob.pk}/reactivate/", {"reason": "Came back"})

    assert answer.status_code == 302
    person = again(acme, bob)
    assert (person.is_active, person.has_usable_password()) == (True, False)
    assert acme_client.post("/sign-in/", {"email": bob.email, "password": PASSWORD}).status_code == 422
    with bound_to(acme):
        assert person.has_perm("contacts.contact:view")
        assert FormerPassword.objects.get(user=person).password == old
        assert read(action="accounts.reactivated")[0].reason == "Came back"
        assert acme_client.get(set_password_link(person, ""), follow=True).status_code == 200


def test_whoever_is_active_is_not_let_in_again(acme: Tenant, alice: User, bob: User) -> None:
    with bound_to(acme):
        with pytest.raises(AccountsRefused, match="active already"):
            reactivate(bob, alice, "why not")
        assert User.objects.get(pk=bob.pk).has_usable_password()


def test_mallory_reaches_nobody_at_acme(acme: Tenant, mallory_client: Client, bob: User) -> None:
    for verb in (
        "deactivate",
        "reactivate",
        "withdraw",
        "invite-again",
        "unlock",
        "reset-password",
        "reset-factor",
    ):
        assert mallory_client.get(f"/people/{bob.pk}/{verb}/").status_code == 404
        assert mallory_client.post(f"/people/{bob.pk}/{verb}/", WHY).status_code == 404
    person = again(acme, bob)
    assert (person.is_active, person.link_epoch) == (True, 0)
    with bound_to(acme):
        assert read(action="accounts.deactivated") == []


def test_operators_do_the_same_with_theirs(oscar_client: Client, oscar: User) -> None:
    with bound_to(CATALOG):
        opal = fleet.add_user("opal@amana.example", "Opal", "operator")
    assert oscar_client.post(f"/people/{opal.pk}/deactivate/", WHY).status_code == 302
    with bound_to(CATALOG):
        assert not User.objects.get(pk=opal.pk).is_active
        assert read(action="accounts.deactivated")[0].actor == f"operator:{oscar.pk}"
