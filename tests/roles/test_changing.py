"""Custom roles: made, copied, changed and deleted, with every guard, and nothing changed where one says no."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import Group
from django.utils import timezone

from accounts.exceptions import RoleChangedMeanwhile, RoleRefused
from accounts.granting import end
from accounts.models import Role, SecurityPolicy, User
from accounts.role_content import codes_of
from accounts.roles.changing import change_role, clone_role, create_role, delete_role
from audit.reading import read
from tenants.binding import bound_to
from tenants.models import Tenant
from tests.roles.conftest import ARCHIVE, CREATE, PII, UPDATE, VIEW, Give, MakeRole


def change(role: Role, by: User, *codes: str, seen: int | None = None) -> Role:
    return change_role(role, frozenset(codes), by, "for the test", role.version if seen is None else seen)


def test_a_new_role_holds_what_was_chosen_and_what_comes_along(acme: Tenant, make_role: MakeRole) -> None:
    role = make_role("Desk", UPDATE)
    with bound_to(acme):
        assert codes_of(role) == {UPDATE, VIEW}
        assert (role.code, role.version, role.created_by.name) == ("", 1, "Alice")  # type: ignore[union-attr]
        assert role.group.name.startswith("custom:")


def test_a_name_is_given_once(acme: Tenant, alice: User, make_role: MakeRole) -> None:
    make_role("Desk")
    with bound_to(acme):
        before = Role.objects.count(), Group.objects.count()
        for name in ("desk", "Owner", " ", "x" * 81):
            with pytest.raises(RoleRefused):
                create_role(name, "", by=alice)
        assert (Role.objects.count(), Group.objects.count()) == before


def test_nobody_puts_into_a_role_what_they_lack(acme: Tenant, carol: User, make_role: MakeRole) -> None:
    role = make_role("Desk", VIEW)
    with bound_to(acme):
        with pytest.raises(RoleRefused, match="Contacts: see personal data"):
            create_role("Peepers", "", by=carol, codes=frozenset({PII}))
        with pytest.raises(RoleRefused, match="You can't give what you don't have yourself"):
            change(role, carol, VIEW, PII)
        assert codes_of(role) == {VIEW}
        assert not Role.objects.filter(name="Peepers").exists()


def test_what_somebody_lacks_may_stay_in_a_role(acme: Tenant, carol: User, make_role: MakeRole) -> None:
    role = make_role("Desk", VIEW, PII)
    with bound_to(acme):
        change(role, carol, VIEW, PII, CREATE)
        assert codes_of(role) == {VIEW, PII, CREATE}


def test_what_was_taken_from_somebody_meanwhile_they_give_no_longer(
    acme: Tenant, carol: User, alice: User, make_role: MakeRole
) -> None:
    role = make_role("Desk", VIEW)
    with bound_to(acme):
        assert carol.rights.may(CREATE)
        end(carol.assignments.get(), by=alice, reason="gone")
        with pytest.raises(RoleRefused):
            change(role, carol, VIEW, CREATE)
        assert codes_of(role) == {VIEW}


def test_nobody_adds_to_a_role_of_their_own(
    acme: Tenant, carol: User, make_role: MakeRole, give: Give
) -> None:
    role = make_role("Desk", VIEW, CREATE)
    give(carol, role, starts_at=timezone.now() + timedelta(days=3))
    with bound_to(acme):
        with pytest.raises(RoleRefused, match="You have this role yourself"):
            change(role, carol, VIEW, CREATE, UPDATE)
        assert codes_of(role) == {VIEW, CREATE}
        change(role, carol, VIEW)
        assert codes_of(role) == {VIEW}


def test_a_built_in_role_stays_as_it_is(acme: Tenant, alice: User) -> None:
    with bound_to(acme):
        accountant = Role.objects.get(code="accountant")
        with pytest.raises(RoleRefused, match="comes with the product"):
            change(accountant, alice, VIEW, CREATE)
        with pytest.raises(RoleRefused, match="comes with the product"):
            delete_role(accountant)
        assert codes_of(accountant) == {VIEW}


def test_of_two_who_change_one_role_the_second_is_told(
    acme: Tenant, alice: User, make_role: MakeRole
) -> None:
    role = make_role("Desk", VIEW)
    with bound_to(acme):
        change(role, alice, VIEW, CREATE)
        with pytest.raises(RoleChangedMeanwhile):
            change(role, alice, VIEW, ARCHIVE, seen=1)
        saved = Role.objects.get(pk=role.pk)
        assert codes_of(saved) == {VIEW, CREATE}
        assert saved.version == 2


def test_a_change_is_in_force_for_all_who_have_the_role(
    acme: Tenant, alice: User, bob: User, make_role: MakeRole, give: Give
) -> None:
    role = make_role("Desk", VIEW)
    give(bob, role)
    with bound_to(acme):
        mark = SecurityPolicy.in_force().rights_mark
        change(role, alice, VIEW, ARCHIVE)
        assert User.objects.get(pk=bob.pk).has_perm(ARCHIVE)
        assert SecurityPolicy.in_force().rights_mark != mark


def test_the_log_has_it_as_one_change_with_counts_and_reason(
    acme: Tenant, alice: User, make_role: MakeRole
) -> None:
    role = make_role("Desk", VIEW, CREATE)
    with bound_to(acme):
        change_role(role, frozenset({VIEW, ARCHIVE, UPDATE}), alice, "Bob archives, too", role.version)
        [event] = [each for each in read(50) if each.action == "accounts.role_changed"]
        assert event.details == {"role": "Desk", "added": 2, "removed": 1}
        assert (event.reason, event.object_id) == ("Bob archives, too", str(role.pk))


def test_a_copy_holds_what_the_role_does(acme: Tenant, alice: User) -> None:
    with bound_to(acme):
        role = Role.objects.get(code="order_manager")
        copy = clone_role(role, "Orders, small", by=alice)
        assert codes_of(copy) == codes_of(role)
        assert (copy.cloned_from, copy.is_built_in, copy.code) == (role, False, "")


def test_a_copy_leaves_out_what_whoever_copies_lacks(acme: Tenant, carol: User) -> None:
    with bound_to(acme):
        role = Role.objects.get(code="order_manager")
        copy = clone_role(role, "Orders, small", by=carol)
        assert codes_of(role) - codes_of(copy) == {PII}


def test_a_role_that_somebody_has_is_not_deleted(
    acme: Tenant, bob: User, make_role: MakeRole, give: Give
) -> None:
    role = make_role("Desk", VIEW)
    give(bob, role)
    with bound_to(acme):
        with pytest.raises(RoleRefused, match=r"while somebody has it: Bob\."):
            delete_role(role)
        end(role.assignments.get(), by=None, reason="moved on")
        with pytest.raises(RoleRefused, match=r"can be read later. Had it: Bob\."):
            delete_role(role)
        assert Role.objects.filter(pk=role.pk).exists()


def test_a_role_that_nobody_had_is_gone_with_its_content(acme: Tenant, make_role: MakeRole) -> None:
    role = make_role("Desk", VIEW)
    with bound_to(acme):
        delete_role(role)
        assert not Role.objects.filter(pk=role.pk).exists()
        assert not Group.objects.filter(pk=role.group_id).exists()
        with pytest.raises(RoleRefused, match="deleted meanwhile"):
            delete_role(role)
