"""Helping somebody back in: unlocking, a new password by link, a new second factor; each with its guards."""

from collections.abc import Callable

import pytest
from django.test import Client

from accounts.models import KnownBrowser, TotpDevice, User
from accounts.passwords.rules import PRESETS
from accounts.passwords.validating import was_had
from audit.reading import read
from tenants.binding import bound_to
from tenants.models import Tenant
from tests.conftest import PASSWORD
from tests.limits.trying import FROM_ONE_SPOT, try_right, try_wrong
from tests.support import fleet
from tests.support.authenticator import give_device
from tests.support.post import link_in, posted

WHY = {"reason": "Telephone call on Monday"}


def test_the_lock_is_seen_and_lifted(acme: Tenant, alice_client: Client, bob: User) -> None:
    assert "Locked out" not in alice_client.get(f"/people/{bob.pk}/").content.decode()
    try_wrong(acme, bob.email, FROM_ONE_SPOT)
    assert (
        "Locked out after too many failed attempts" in alice_client.get(f"/people/{bob.pk}/").content.decode()
    )

    assert alice_client.post(f"/people/{bob.pk}/unlock/").status_code == 302

    assert "Locked out" not in alice_client.get(f"/people/{bob.pk}/").content.decode()
    assert try_right(acme, bob.email) == 302


def test_nobody_unlocks_themselves(acme: Tenant, alice: User, alice_client: Client) -> None:
    try_wrong(acme, alice.email, FROM_ONE_SPOT)
    answer = alice_client.post(f"/people/{alice.pk}/unlock/")
    assert answer.status_code == 409
    assert try_right(acme, alice.email) == 429


def test_a_password_is_reset_and_whoever_knew_it_is_out(
    acme: Tenant, alice: User, alice_client: Client, bob: User, acme_client: Client
) -> None:
    bobs = fleet.signed_in(acme, bob)
    with bound_to(acme):
        for person in (alice, bob):
            KnownBrowser.objects.create(user=person, digest=person.email)

    with posted(acme) as letters:
        answer = alice_client.post(f"/people/{bob.pk}/reset-password/", WHY, follow=True)

    assert "/set-password/" not in answer.content.decode()
    assert bobs.get("/contacts/")["Location"].startswith("/sign-in/")
    assert try_right(acme, bob.email) == 422
    [letter] = letters
    assert (letter.to, letter.subject) == ([bob.email], "Your password at Acme was reset")
    assert acme_client.get(link_in(letter)).status_code == 302
    with bound_to(acme):
        [known] = KnownBrowser.objects.all()
        [event] = read(action="accounts.password_demanded")
        bob.refresh_from_db()
        assert was_had(bob, PASSWORD, PRESETS["nist"].history), "it isn't chosen again"
    assert known.user_id == alice.pk
    assert bob.link_epoch == 1
    assert (event.actor, event.reason) == (f"user:{alice.pk}", WHY["reason"])
    assert alice_client.get("/contacts/").status_code == 200


def test_mallory_resets_no_password_at_acme(
    acme: Tenant, globex: Tenant, mallory_client: Client, bob: User
) -> None:
    bobs = fleet.signed_in(acme, bob)
    with posted(acme) as letters:
        answers = [
            mallory_client.post(f"/people/{bob.pk}/reset-password/", WHY, SERVER_NAME=host)
            for host in (globex.primary_host, acme.primary_host)
        ]
    assert [answer.status_code for answer in answers] == [404, 302]
    assert letters == []
    assert try_right(acme, bob.email) == 302
    assert bobs.get("/contacts/").status_code == 200


def test_whoever_never_came_in_is_invited_again_instead(acme: Tenant, alice_client: Client) -> None:
    with bound_to(acme):
        ina = User.objects.invite("ina@acme.example", "Ina")
    with posted(acme) as letters:
        answer = alice_client.post(f"/people/{ina.pk}/reset-password/", WHY)
    assert letters == []
    assert answer.status_code == 409
    assert "invite them again" in answer.content.decode()
    with bound_to(acme):
        assert User.objects.get(pk=ina.pk).link_epoch == 0


def test_for_oneself_there_is_another_page(acme: Tenant, alice: User, alice_client: Client) -> None:
    assert alice_client.post(f"/people/{alice.pk}/reset-password/", WHY).status_code == 409
    assert try_right(acme, alice.email) == 302
    with bound_to(acme):
        assert User.objects.get(pk=alice.pk).link_epoch == 0


def test_a_second_factor_is_taken_away_with_who_and_why(
    acme: Tenant, alice: User, alice_client: Client, bob: User
) -> None:
    with bound_to(acme):
        give_device(bob)
        KnownBrowser.objects.create(user=bob, digest="0" * 64)
    client = fleet.signed_in(acme, bob)
    assert "Reset the second factor" in alice_client.get(f"/people/{bob.pk}/").content.decode()

    assert alice_client.post(f"/people/{bob.pk}/reset-factor/", WHY).status_code == 302

    assert client.get("/contacts/")["Location"].startswith("/sign-in/")
    with bound_to(acme):
        assert not TotpDevice.objects.filter(user=bob).exists()
        assert not KnownBrowser.objects.filter(user=bob).exists()
        [event] = read(action="accounts.factor_reset")
    assert (event.actor, event.reason) == (f"user:{alice.pk}", WHY["reason"])


@pytest.mark.parametrize("given", [{}, {"reason": " "}])
def test_not_without_a_reason(acme: Tenant, alice_client: Client, bob: User, given: dict[str, str]) -> None:
    with bound_to(acme):
        give_device(bob)
    for verb in ("reset-factor", "reset-password"):
        assert alice_client.post(f"/people/{bob.pk}/{verb}/", given).status_code == 422
    with bound_to(acme):
        assert TotpDevice.objects.filter(user=bob).count() == 1
        assert User.objects.get(pk=bob.pk).link_epoch == 0


@pytest.mark.parametrize(
    "verb", ["unlock", "reset-password", "reset-factor", "withdraw", "invite-again", "reactivate"]
)
def test_each_takes_its_own_permission(
    acme: Tenant, with_rights: Callable[..., Client], bob: User, verb: str
) -> None:
    with bound_to(acme):
        give_device(bob)
    client = with_rights("accounts.user:view", "accounts.user:deactivate", "accounts.role:view")
    assert client.post(f"/people/{bob.pk}/{verb}/", WHY).status_code == 403
    with bound_to(acme):
        person = User.objects.get(pk=bob.pk)
        assert (person.is_active, person.link_epoch) == (True, 0)
        assert TotpDevice.objects.filter(user=bob).exists()
