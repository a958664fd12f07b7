"""What docs/operations.md and the decisions tell people to type does what they say."""

from collections.abc import Callable
from copy import copy

import pytest
from django.contrib.auth.management.commands import changepassword
from django.core.management import call_command
from django.db import connection, connections

from accounts.models import User
from tenants.binding import bound_to
from tenants.exceptions import CrossTenantError
from tenants.models import Tenant

NEW = "Correct horse battery 9!"


@pytest.fixture
def typed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Somebody who types the new password twice."""
    monkeypatch.setattr(changepassword.Command, "_get_pass", lambda *_: NEW)


def test_a_password_is_changed_where_the_alias_is_named(alice: User, acme: Tenant, typed: None) -> None:
    with bound_to(acme):
        call_command("changepassword", alice.email, f"--database={acme.schema_name}")
        assert User.objects.get(pk=alice.pk).check_password(NEW)


def test_nothing_is_changed_through_the_name_default(alice: User, acme: Tenant, typed: None) -> None:
    with bound_to(acme):
        with pytest.raises(CrossTenantError):
            call_command("changepassword", alice.email)
        assert not User.objects.get(pk=alice.pk).check_password(NEW)


def test_the_bound_alias_can_be_chosen_before_it_is_open(new_tenant: Callable[[], Tenant]) -> None:
    tenant = new_tenant()
    assert tenant.schema_name not in tuple(connections)
    with bound_to(tenant):
        assert tenant.schema_name in tuple(connections)


def test_a_copy_of_the_facade_is_a_copy_of_what_is_bound(acme: Tenant) -> None:
    with bound_to(acme):
        twin = copy(connections["default"])
        twin.settings_dict = {}
        assert connection.settings_dict["NAME"] == acme.schema_name
