"""Whoever is locked out is told by letter, once an hour, and nobody else is."""

from datetime import timedelta

from accounts.limits.tasks import tell_who_is_locked_out
from accounts.models import User
from tenants.binding import bound_to
from tenants.models import Tenant
from tests.limits.trying import later
from tests.support.post import posted


def test_alice_is_told_what_happened_and_what_she_can_do(acme: Tenant, alice: User) -> None:
    with posted(acme) as letters, bound_to(acme):
        tell_who_is_locked_out(str(alice.pk))
    [letter] = letters
    assert letter.to == [alice.email]
    assert letter.subject == "Somebody tried too often to sign in as you at Acme"
    assert "wait 15 minutes" in letter.body


def test_in_her_language(acme: Tenant, alice: User) -> None:
    with bound_to(acme):
        User.objects.filter(pk=alice.pk).update(language="ar")
    with posted(acme) as letters, bound_to(acme):
        tell_who_is_locked_out(str(alice.pk))
    assert 'dir="rtl"' in letters[0].message().as_string()


def test_once_an_hour(acme: Tenant, alice: User) -> None:
    with posted(acme) as letters, bound_to(acme):
        tell_who_is_locked_out(str(alice.pk))
        tell_who_is_locked_out(str(alice.pk))
    assert len(letters) == 1
    later(acme, timedelta(hours=1))
    with posted(acme) as letters, bound_to(acme):
        tell_who_is_locked_out(str(alice.pk))
    assert len(letters) == 1


def test_nobody_else_is(acme: Tenant, alice: User, mallory: User) -> None:
    with bound_to(acme):
        User.objects.filter(pk=alice.pk).update(is_active=False)
    with posted(acme) as letters, bound_to(acme):
        for person in ("", str(alice.pk), str(mallory.pk)):
            tell_who_is_locked_out(person)
    assert letters == []
