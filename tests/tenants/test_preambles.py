"""What every transaction says first: once each, before its first statement, and again when it has changed."""

from collections.abc import Callable, Iterator

import pytest
from django.conf import settings
from django.db import DataError, OperationalError, connection, transaction
from psycopg import IsolationLevel

from accounts.models import User
from tenants.binding import bound_connection, bound_to
from tenants.models import Tenant
from tests.lifecycle.looking import superuser

saying: list[str] = []


def probe() -> str | None:
    """Counts itself up in the server, so that a second time shows."""
    if not saying:
        return None
    said = "coalesce(nullif(current_setting('amana.probe', true), ''), '')"
    return f"SELECT set_config('amana.probe', {said} || '{saying[-1]} ', true)"


@pytest.fixture
def tenant(new_tenant: Callable[[], Tenant], monkeypatch: pytest.MonkeyPatch) -> Iterator[Tenant]:
    made = new_tenant()
    ours = [*settings.AMANA_TRANSACTION_PREAMBLES, f"{__name__}.probe"]
    monkeypatch.setattr(settings, "AMANA_TRANSACTION_PREAMBLES", ours)
    saying[:] = ["a"]
    yield made
    saying.clear()


def when_block_ends(happened: list[str], word: str) -> None:
    """Note the word, and with a question mark where what was done around it is gone."""
    bound_connection().when_block_ends(
        lambda told: happened.extend(word if kept else f"{word}?" for word, kept in told), word
    )


def setting() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('amana.probe', true)")
        return str(cursor.fetchone()[0] or "").strip()


def test_it_is_said_once_before_the_first_statement(tenant: Tenant) -> None:
    with bound_to(tenant), transaction.atomic():
        assert setting() == "a"
        User.objects.invite("a@example.com", "A")
        assert setting() == "a"


def test_it_is_said_again_in_the_next_transaction(tenant: Tenant) -> None:
    with bound_to(tenant):
        for _ in range(3):
            with transaction.atomic():
                assert setting() == "a"


def test_it_isnt_said_for_a_read_outside_of_one(tenant: Tenant) -> None:
    with bound_to(tenant):
        assert User.objects.count() == 1
        assert setting() == ""
        with transaction.atomic():
            assert setting() == "a"
        assert setting() == ""


def test_what_has_changed_is_said_with_the_next_statement_of_the_same_cursor(tenant: Tenant) -> None:
    with bound_to(tenant), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        saying.append("b")
        cursor.execute("SELECT current_setting('amana.probe', true)")
        assert cursor.fetchone() == ("a b ",)


def test_it_isnt_said_again_in_a_savepoint(tenant: Tenant) -> None:
    with bound_to(tenant), transaction.atomic():
        setting()
        with transaction.atomic():
            assert setting() == "a"


def test_a_savepoint_that_is_rolled_back_takes_along_what_was_said_in_it(tenant: Tenant) -> None:
    """From there on it is said before every statement: the first here is Django's own, which lets the savepoint go."""
    with bound_to(tenant), transaction.atomic():
        setting()
        with pytest.raises(ZeroDivisionError), transaction.atomic():
            saying.append("b")
            assert setting() == "a b"
            raise ZeroDivisionError
        assert setting() == "a b b"


def test_after_a_rollback_it_is_said_again(tenant: Tenant) -> None:
    with bound_to(tenant):
        with pytest.raises(ZeroDivisionError), transaction.atomic():
            assert setting() == "a"
            raise ZeroDivisionError
        assert setting() == ""
        with transaction.atomic():
            assert setting() == "a"


def test_a_lone_write_has_a_transaction_of_its_own_to_hear_it_in(tenant: Tenant) -> None:
    with bound_to(tenant), connection.cursor() as cursor:
        cursor.execute(
            "/* a lone write */ -- of a setting\n"
            "WITH new AS (UPDATE accounts_user SET name = current_setting('amana.probe')) SELECT 1"
        )
        assert setting() == ""
        assert User.objects.get().name == "a "
        assert connection.connection.autocommit


def test_a_transaction_that_begins_in_another_way_hears_it_too(tenant: Tenant) -> None:
    with bound_to(tenant):
        connection.ensure_connection()
        connection.connection.isolation_level = IsolationLevel.SERIALIZABLE
        try:
            with transaction.atomic(), connection.cursor() as cursor:
                assert setting() == "a"
                cursor.execute("SHOW transaction_isolation")
                assert cursor.fetchone() == ("serializable",)
        finally:
            connection.connection.isolation_level = None


def test_what_cannot_be_said_fails_with_its_own_error(tenant: Tenant) -> None:
    with bound_to(tenant):
        saying.append("' || (1 / 0)::text || '")
        with pytest.raises(DataError, match="division by zero"), transaction.atomic():
            setting()
        saying.pop()
        with transaction.atomic():
            assert setting() == "a"


def test_a_server_that_has_gone_is_noticed_where_a_transaction_begins(tenant: Tenant) -> None:
    with bound_to(tenant):
        connection.ensure_connection()
        with superuser() as server:
            server.execute("SELECT pg_terminate_backend(%s, 5000)", [connection.connection.info.backend_pid])
        with pytest.raises(OperationalError), transaction.atomic():
            setting()
        connection.close()
        with transaction.atomic():
            assert setting() == "a"


def test_it_may_have_nothing_to_say(tenant: Tenant) -> None:
    saying.clear()
    with bound_to(tenant), transaction.atomic():
        assert setting() == ""


def test_what_waits_for_the_end_of_a_block_happens_after_a_commit_and_after_a_rollback(
    tenant: Tenant,
) -> None:
    happened: list[str] = []
    with bound_to(tenant):
        with transaction.atomic():
            with transaction.atomic():
                when_block_ends(happened, "committed")
            assert happened == []
        assert happened == ["committed"]
        with pytest.raises(ZeroDivisionError), transaction.atomic():
            when_block_ends(happened, "rolled back")
            raise ZeroDivisionError
        assert happened == ["committed", "rolled back?"]
        when_block_ends(happened, "outside")
    assert happened == ["committed", "rolled back?", "outside"]


def test_what_waits_is_told_which_savepoint_was_rolled_back(tenant: Tenant) -> None:
    happened: list[str] = []
    with bound_to(tenant), transaction.atomic():
        when_block_ends(happened, "before")
        with pytest.raises(ZeroDivisionError), transaction.atomic():
            with transaction.atomic():
                when_block_ends(happened, "in it")
            raise ZeroDivisionError
        with transaction.atomic():
            when_block_ends(happened, "after")
    assert happened == ["before", "in it?", "after"]


def test_what_waits_for_the_end_of_a_block_happens_though_the_connection_is_lost(tenant: Tenant) -> None:
    happened: list[str] = []
    with bound_to(tenant):
        with pytest.raises(ZeroDivisionError), transaction.atomic():
            setting()
            when_block_ends(happened, "lost")
            connection.connection.close()
            raise ZeroDivisionError
        assert User.objects.count() == 1
    assert happened == ["lost?"]


def test_what_waits_hears_of_one_end_at_once_and_in_order(tenant: Tenant) -> None:
    heard: list[list[tuple[str, bool]]] = []
    with bound_to(tenant), transaction.atomic():
        for word in "abc":
            bound_connection().when_block_ends(heard.append, word)
    assert heard == [[("a", True), ("b", True), ("c", True)]]


def test_what_waits_happens_at_the_end_of_the_binding_where_the_block_has_none(tenant: Tenant) -> None:
    happened: list[str] = []
    with bound_to(tenant):
        connection.set_autocommit(False)
        when_block_ends(happened, "left open")
        assert happened == []
    assert happened == ["left open?"]
