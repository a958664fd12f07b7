"""Invitations: sent, sent again, withdrawn; and the owner's, that waits for the address."""

import pytest
from django.test import Client

from accounts.exceptions import GrantRefused, InvitationRefused
from accounts.granting import grant
from accounts.inviting import invite, invite_again, withdraw_invitation
from accounts.models import Role, User
from tenants.binding import bound_to
from tenants.models import Tenant
from tests.audit.looking import Line, lines, newest
from tests.support import fleet
from tests.support.post import link_in, posted

NEW = "Kd83-hx7-qz1"
TWICE = {"new_password1": NEW, "new_password2": NEW}


def invited(acme: Tenant, by: User) -> tuple[User, str]:
    with posted(acme) as letters, bound_to(acme):
        carol = invite("Carol@acme.example", "Carol", by=by, language="ar")
    return carol, link_in(letters[-1])


def test_carol_is_written_to_in_her_language_and_comes_in_by_the_link(
    acme: Tenant, alice: User, acme_client: Client
) -> None:
    before = newest(acme)
    carol, link = invited(acme, alice)
    assert (carol.email, carol.language, carol.is_active) == ("carol@acme.example", "ar", True)
    assert [line.sentence for line in lines(acme, before)] == ["Carol was invited"]
    acme_client.post(acme_client.get(link)["Location"], TWICE)
    with bound_to(acme):
        assert User.objects.get(pk=carol.pk).check_password(NEW)


def test_her_first_password_is_no_news_to_her(acme: Tenant, alice: User, acme_client: Client) -> None:
    _, link = invited(acme, alice)
    with posted(acme) as letters:
        acme_client.post(acme_client.get(link)["Location"], TWICE)
    assert letters == []


def test_an_address_is_invited_once(acme: Tenant, alice: User, bob: User) -> None:
    with posted(acme) as letters, bound_to(acme):
        with pytest.raises(InvitationRefused, match="is here already"):
            invite("BOB@acme.example", "Somebody else", by=alice)
        assert User.objects.get(pk=bob.pk).name == "Bob"
    assert letters == []


def test_another_invitation_makes_the_first_one_worthless(
    acme: Tenant, alice: User, acme_client: Client
) -> None:
    carol, first = invited(acme, alice)
    before = newest(acme)
    with posted(acme) as letters, bound_to(acme):
        invite_again(carol, by=alice)
    assert acme_client.get(first).status_code == 410
    assert acme_client.get(link_in(letters[0])).status_code == 302
    assert lines(acme, before)[0] == Line(
        "accounts.invited_again", "done", "test", "Carol was sent another invitation"
    )


def test_a_withdrawn_one_lets_nobody_in_and_takes_what_was_waiting(
    acme: Tenant, alice: User, acme_client: Client
) -> None:
    carol, link = invited(acme, alice)
    with bound_to(acme):
        grant(carol, Role.objects.get(code="order_manager"), by=None)
        withdraw_invitation(carol, by=alice)
        assert not User.objects.get(pk=carol.pk).is_active
        assert not carol.assignments.not_over().exists()
    assert acme_client.get(link).status_code == 410


def test_who_was_not_expected_any_more_is_invited_like_anybody_new(
    acme: Tenant, alice: User, acme_client: Client
) -> None:
    carol, first = invited(acme, alice)
    with bound_to(acme):
        withdraw_invitation(carol, by=alice)
    with posted(acme) as letters, bound_to(acme):
        again = invite("carol@acme.example", "Carol Smith", by=alice)
    assert (again.pk, again.name, again.is_active) == (carol.pk, "Carol Smith", True)
    assert acme_client.get(first).status_code == 410
    assert acme_client.get(link_in(letters[0])).status_code == 302


def test_who_has_come_in_already_cant_be_invited_or_uninvited(acme: Tenant, alice: User, bob: User) -> None:
    with posted(acme) as letters, bound_to(acme):
        for verb in (invite_again, withdraw_invitation):
            with pytest.raises(InvitationRefused, match="has set a password already"):
                verb(bob, by=alice)
        assert User.objects.get(pk=bob.pk).is_active
    assert letters == []


def test_who_was_deactivated_with_a_password_doesnt_come_back_by_an_invitation(
    acme: Tenant, alice: User, bob: User
) -> None:
    with bound_to(acme):
        User.objects.filter(pk=bob.pk).update(is_active=False)
        with pytest.raises(InvitationRefused):
            invite(bob.email, "Bob", by=alice)
        assert not User.objects.get(pk=bob.pk).is_active


def test_the_only_owner_who_was_invited_stays(acme: Tenant, alice: User, bob: User) -> None:
    with bound_to(acme):
        olivia = User.objects.get(email="owner@example.com")
        User.objects.filter(pk=alice.pk).update(is_active=False)
        fleet.give(bob, "accounts.user:invite")
        with pytest.raises(GrantRefused, match="last owner"):
            withdraw_invitation(olivia, by=bob)
        assert User.objects.get(pk=olivia.pk).is_active
