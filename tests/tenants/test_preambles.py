"""What every transaction sets first: once each, before its first statement."""

from collections.abc import Callable
from typing import Any

import pytest
from django.conf import settings
from django.db import connection, transaction

from accounts.models import User
from tenants.backend.base import DatabaseWrapper
from tenants.binding import bound_to
from tenants.models import Tenant

calls: list[str] = []


def probe(wrapper: DatabaseWrapper) -> tuple[str, list[Any]]:
    calls.append(wrapper.alias)
    return "SELECT set_config('amana.probe', %s, true)", [f"call {len(calls)}"]


def nothing(_wrapper: DatabaseWrapper) -> None:
    calls.append("nothing")


@pytest.fixture
def tenant(new_tenant: Callable[[], Tenant], monkeypatch: pytest.MonkeyPatch) -> Tenant:
    made = new_tenant()
    monkeypatch.setattr(settings, "AMANA_TRANSACTION_PREAMBLES", [f"{__name__}.probe"])
    calls.clear()
    return made


def setting() -> str | None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('amana.probe', true)")
        return str(cursor.fetchone()[0] or "") or None


def test_it_runs_once_before_the_first_statement(tenant: Tenant) -> None:
    with bound_to(tenant):
        with transaction.atomic():
            assert calls == []
            assert setting() == "call 1"
            User.objects.invite("a@example.com", "A")
            assert setting() == "call 1"
        assert calls == [tenant.schema_name]


def test_it_runs_again_in_the_next_transaction(tenant: Tenant) -> None:
    with bound_to(tenant):
        for number in (1, 2, 3):
            with transaction.atomic():
                assert setting() == f"call {number}"


def test_it_doesnt_run_for_a_read_outside_of_one(tenant: Tenant) -> None:
    with bound_to(tenant):
        assert User.objects.count() == 1
        assert setting() is None
        with transaction.atomic():
            assert setting() == "call 1"
        assert setting() is None
    assert calls == [tenant.schema_name]


def test_it_doesnt_run_again_in_a_savepoint(tenant: Tenant) -> None:
    with bound_to(tenant), transaction.atomic():
        with transaction.atomic():
            assert setting() == "call 1"
        with pytest.raises(ZeroDivisionError), transaction.atomic():
            User.objects.invite("a@example.com", "A")
            raise ZeroDivisionError
        assert setting() == "call 1"
    assert len(calls) == 1


def test_after_a_rollback_it_runs_again(tenant: Tenant) -> None:
    with bound_to(tenant):
        with pytest.raises(ZeroDivisionError), transaction.atomic():
            assert setting() == "call 1"
            raise ZeroDivisionError
        assert setting() is None
        with transaction.atomic():
            assert setting() == "call 2"


def test_an_empty_transaction_asks_nothing(tenant: Tenant) -> None:
    with bound_to(tenant), transaction.atomic():
        """No statement."""
    assert calls == []


def test_a_transaction_that_django_opens_by_itself_has_it_too(tenant: Tenant) -> None:
    with bound_to(tenant):
        User.objects.bulk_create([User(email=f"{n}@example.com", name="N") for n in range(3)])
    assert calls == [tenant.schema_name]


def test_it_may_have_nothing_to_say(tenant: Tenant, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "AMANA_TRANSACTION_PREAMBLES", [f"{__name__}.nothing"])
    with bound_to(tenant), transaction.atomic():
        assert setting() is None
    assert calls == ["nothing"]
