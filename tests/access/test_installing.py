"""Permissions and roles of existing databases follow the code: what is built in changes, what is custom stays."""

from collections.abc import Callable

import pytest
from django.contrib.auth.models import Group, Permission
from django.db import connection

from access import registry
from access.registry import Area, Resource, add_resource
from accounts import built_in, installing
from accounts.built_in import BuiltIn
from accounts.models import Role, SecurityPolicy, User
from accounts.role_content import codes_of
from accounts.roles.changing import create_role
from accounts.roles.news import news_of
from audit.reading import read
from tenants.binding import bound_to
from tenants.models import Tenant

VIEW, CREATE = "contacts.contact:view", "contacts.contact:create"
NEW = "ledger.entry:view"


@pytest.fixture
def tenant(new_tenant: Callable[[], Tenant]) -> Tenant:
    return new_tenant()


@pytest.fixture
def custom(tenant: Tenant) -> Role:
    """A role of the tenant's own, with two permissions."""
    with bound_to(tenant):
        owner = User.objects.get(email="owner@example.com")
        return create_role("Desk", "", by=owner, codes=frozenset({VIEW, CREATE}))


@pytest.fixture
def next_code(monkeypatch: pytest.MonkeyPatch) -> None:
    """The code of a later release: one more resource, and a role whose content has changed."""
    for name in ("_resources", "_permissions", "_named"):
        monkeypatch.setattr(registry, name, dict(getattr(registry, name)))
    add_resource(
        Resource(
            code="ledger.entry",
            label="Ledger",
            area=Area("Ledger", 99),
            surfaces=("tenant",),
            actions=("view",),
        )
    )
    changed = BuiltIn(
        code="accountant", label="Accountant", purpose="Keeps books.", version=2, patterns="ledger.entry:view"
    )
    roles = tuple(changed if role.code == "accountant" else role for role in built_in.BUILT_IN)
    monkeypatch.setattr(built_in, "BUILT_IN", roles)
    monkeypatch.setattr(built_in, "_by_code", {role.code: role for role in roles})


@pytest.mark.usefixtures("next_code")
def test_a_new_permission_and_a_changed_role_reach_a_database_that_is_there(
    tenant: Tenant, custom: Role
) -> None:
    with bound_to(tenant):
        mark = SecurityPolicy.in_force().rights_mark
    installing.install(tenant.place)
    with bound_to(tenant):
        accountant = Role.objects.get(code="accountant")
        assert codes_of(accountant) == {NEW}
        assert (accountant.version, accountant.purpose) == (2, "Keeps books.")
        assert NEW in codes_of(Role.objects.get(code="owner"))
        assert User.objects.get(email="owner@example.com").has_perm(NEW)
        assert SecurityPolicy.in_force().rights_mark != mark


def test_a_custom_role_keeps_what_it_has_and_shows_what_is_new(
    tenant: Tenant, custom: Role, request: pytest.FixtureRequest
) -> None:
    with bound_to(tenant):
        assert news_of(custom) == []
    request.getfixturevalue("next_code")
    installing.install(tenant.place)
    with bound_to(tenant):
        kept = Role.objects.get(pk=custom.pk)
        assert codes_of(kept) == {VIEW, CREATE}
        assert (kept.version, kept.name) == (1, "Desk")
        assert [each.permission.code for each in news_of(kept)] == [NEW]


def test_a_permission_that_the_code_has_no_longer_vanishes_from_every_role(
    tenant: Tenant, custom: Role, monkeypatch: pytest.MonkeyPatch
) -> None:
    with bound_to(tenant):
        assert Permission.objects.filter(codename="create_contact").exists()
        mark = SecurityPolicy.in_force().rights_mark
    contacts = registry._resources["contacts.contact"]
    fewer = Resource(
        code=contacts.code,
        label=contacts.label,
        area=contacts.area,
        surfaces=contacts.surfaces,
        actions=tuple(action for action in contacts.actions if action != "create"),
    )
    for name in ("_resources", "_permissions", "_named"):
        monkeypatch.setattr(registry, name, dict(getattr(registry, name)))
    registry._resources[contacts.code] = fewer
    del registry._permissions[CREATE], registry._named["contacts", "create_contact"]

    installing.install(tenant.place)

    with bound_to(tenant):
        assert not Permission.objects.filter(codename="create_contact").exists()
        assert codes_of(custom) == {VIEW}
        assert CREATE not in codes_of(Role.objects.get(code="order_manager"))
        assert SecurityPolicy.in_force().rights_mark != mark


def test_where_all_is_right_nothing_is_written(tenant: Tenant, custom: Role) -> None:
    with bound_to(tenant):
        mark, newest = SecurityPolicy.in_force().rights_mark, read(1)[0].id
    installing.install(tenant.place)
    with bound_to(tenant):
        assert SecurityPolicy.in_force().rights_mark == mark
        assert read(1)[0].id == newest


def test_whoever_changed_a_built_in_role_past_the_product_finds_it_put_right(
    tenant: Tenant, custom: Role
) -> None:
    with bound_to(tenant):
        auditor = Role.objects.get(code="auditor")
        before = codes_of(auditor)
        auditor.group.permissions.add(Permission.objects.get(codename="create_contact"))
        assert codes_of(auditor) != before
    installing.install(tenant.place)
    with bound_to(tenant):
        assert codes_of(Role.objects.get(code="auditor")) == before


def test_a_new_tenants_keys_are_written_down_from_the_first_on(tenant: Tenant) -> None:
    """Else those given out before the first checkpoint are given out again after a crash."""
    with bound_to(tenant), connection.cursor() as cursor:
        cursor.execute("SELECT last_value, is_called, log_cnt FROM auth_group_id_seq")
        assert cursor.fetchone() == (Group.objects.count() + 1, False, 0)
        Group.objects.create(name="custom:first")
        cursor.execute("SELECT log_cnt > 0 FROM auth_group_id_seq")
        assert cursor.fetchone() == (True,)
