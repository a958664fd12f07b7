"""Rights as they are compiled: one query, then none, until something changes; and never somebody else's."""

from contextlib import suppress
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from access.rights import Rights, Scope
from accounts.compiling import _compiled, compile_rights
from accounts.granting import Terms, end, grant
from accounts.models import Role, User
from accounts.roles.changing import change_role, create_role
from business.contacts.models import Contact
from tenants.binding import bound_to
from tenants.models import Tenant
from tests.support import fleet

VIEW, ARCHIVE = "contacts.contact:view", "contacts.contact:archive"


@pytest.fixture
def archivists(acme: Tenant, alice: User) -> Role:
    with bound_to(acme):
        return create_role("Archivists", "", by=alice, codes=frozenset({ARCHIVE}))


@pytest.fixture
def dan(acme: Tenant) -> User:
    """Who has no role at all."""
    with bound_to(acme):
        return User.objects.invite("dan@acme.example", "Dan")


def seen(person: User) -> User:
    """As the next request meets them."""
    found = User.objects.active().with_rights_mark().filter(pk=person.pk).first()
    assert found is not None
    return found


def test_compiling_is_one_query_and_asking_again_is_none(acme: Tenant, bob: User) -> None:
    with bound_to(acme):
        _compiled.clear()
        person, again = seen(bob), seen(bob)
        with CaptureQueriesContext(connection) as queries:
            assert person.has_perm(VIEW)
        assert len(queries) == 1
        with CaptureQueriesContext(connection) as queries:
            assert all(again.has_perm(VIEW) and not again.has_perm(ARCHIVE) for _ in range(100))
        assert len(queries) == 0


def test_a_role_is_in_force_from_the_next_request_and_out_of_it(
    acme: Tenant, alice: User, dan: User, archivists: Role
) -> None:
    with bound_to(acme):
        assert not seen(dan).has_perm(ARCHIVE)
        given = grant(dan, archivists, by=alice)
        assert seen(dan).has_perm(ARCHIVE)
        end(given, by=alice, reason="done")
        assert not seen(dan).has_perm(ARCHIVE)


def test_what_begins_or_ends_in_mid_session_does_so_by_itself(
    acme: Tenant, dan: User, archivists: Role, monkeypatch: pytest.MonkeyPatch
) -> None:
    client, now = fleet.signed_in(acme, dan), timezone.now()
    with bound_to(acme):
        grant(
            dan,
            archivists,
            by=None,
            terms=Terms(starts_at=now + timedelta(minutes=2), ends_at=now + timedelta(minutes=4)),
        )
        dora = Contact(name="Dora")
        dora.create(by=dan)
    answers = []
    for minutes in (0, 3, 5):
        monkeypatch.setattr(timezone, "now", lambda at=minutes: now + timedelta(minutes=at))
        answers.append(client.get(f"/contacts/{dora.pk}/").status_code)
    assert answers == [403, 200, 403]


def test_a_change_that_is_rolled_back_leaves_no_rights_behind(
    acme: Tenant, alice: User, dan: User, archivists: Role
) -> None:
    with bound_to(acme):
        with suppress(ZeroDivisionError), transaction.atomic():
            grant(dan, archivists, by=alice)
            assert seen(dan).has_perm(ARCHIVE)
            raise ZeroDivisionError
        assert not seen(dan).has_perm(ARCHIVE)
        grant(dan, Role.objects.get(code="accountant"), by=alice)
        assert not seen(dan).has_perm(ARCHIVE)


def test_a_changed_role_changes_what_everybody_may_who_has_it(
    acme: Tenant, alice: User, dan: User, archivists: Role
) -> None:
    with bound_to(acme):
        grant(dan, archivists, by=alice)
        assert seen(dan).has_perm(ARCHIVE)
        change_role(archivists, frozenset({VIEW}), alice, "less", seen_version=1)
        assert not seen(dan).has_perm(ARCHIVE)
        assert seen(dan).has_perm(VIEW)


def test_whoever_is_deactivated_may_nothing(acme: Tenant, bob: User) -> None:
    with bound_to(acme):
        User.objects.filter(pk=bob.pk).update(is_active=False)
        assert not User.objects.get(pk=bob.pk).has_perm(VIEW)


def test_in_the_scope_own_check_and_list_agree(
    acme: Tenant, alice: User, dan: User, archivists: Role
) -> None:
    with bound_to(acme):
        grant(dan, archivists, by=alice, terms=Terms(scope="own"))
        made = {}
        for name, by in (("mine", dan), ("hers", alice)):
            made[name] = Contact(name=name)
            made[name].create(by=by)
        person = seen(dan)
        assert person.has_perm(ARCHIVE)
        assert person.has_perm(ARCHIVE, made["mine"])
        assert not person.has_perm(ARCHIVE, made["hers"])
        assert [*person.rights.reach(ARCHIVE, Contact.objects.all())] == [made["mine"]]
        assert [*person.rights.reach(VIEW, Contact.objects.all())] == [made["mine"]]
        assert ARCHIVE not in person.rights.everywhere


def test_everywhere_wins_over_a_part_and_an_unknown_scope_reaches_nothing(acme: Tenant, alice: User) -> None:
    with bound_to(acme):
        dora = Contact(name="Dora")
        dora.create(by=alice)
        odd = Rights(None, frozenset(), {ARCHIVE: frozenset({Scope("warehouse", "7")})})
        assert odd.may(ARCHIVE)
        assert not odd.may_with(ARCHIVE, dora)
        assert not odd.reach(ARCHIVE, Contact.objects.all()).exists()
        both = Rights(None, frozenset({ARCHIVE}), odd.scoped)
        assert both.may_with(ARCHIVE, dora)


def test_nothing_compiled_for_acme_serves_at_globex(
    acme: Tenant, globex: Tenant, alice: User, mallory: User
) -> None:
    """Even for one id and one mark: the database is part of what it is kept by."""
    with bound_to(acme):
        person = seen(alice)
        assert person.has_perm(ARCHIVE)
        key, mark = person.pk, person.rights_mark  # type: ignore[attr-defined]
    with bound_to(globex):
        twin = User(pk=key, name="Alice")
        twin.rights_mark = mark  # type: ignore[attr-defined]
        assert not twin.has_perm(ARCHIVE)


def test_a_scoped_role_is_not_enough_to_give_it(acme: Tenant, dan: User, archivists: Role) -> None:
    with bound_to(acme):
        grant(dan, archivists, by=None, terms=Terms(scope="own"))
        assert compile_rights(dan).everywhere == frozenset()
        assert compile_rights(dan).codes == {ARCHIVE, VIEW}


def test_a_page_asks_before_it_does_anything(acme: Tenant, dan: User) -> None:
    client = fleet.signed_in(acme, dan)
    assert (
        client.post("/contacts/new/", {"kind": "person", "name": "Dora", "version": "1"}).status_code == 403
    )
    with bound_to(acme):
        assert not Contact.objects.filter(name="Dora").exists()
