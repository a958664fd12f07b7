"""Months stand ready before they begin, strays move to theirs, and what has reached its end goes in order."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured
from psycopg import errors

from audit import keeping, verifying
from audit.batches import month_after
from audit.exceptions import AnchorContradicted
from audit.sealer import last_seal, sealer
from audit.verifying import verify
from tenants.models import Tenant
from tests.lifecycle.looking import superuser
from tests.sealing.sealed import as_tenant, ids, seal_now, tampering, verified, write

OLD = date(2023, 5, 1)


@pytest.fixture(autouse=True)
def transactions_of_years(monkeypatch: pytest.MonkeyPatch) -> None:
    """The old events of these tests come after younger ones, which else means that somebody put them in."""
    monkeypatch.setattr(verifying, "LONGEST_TRANSACTION", timedelta(days=9999))


def months(tenant: Tenant) -> list[str]:
    query = """
        SELECT relname FROM pg_inherits JOIN pg_class ON pg_class.oid = inhrelid
        WHERE inhparent = 'audit.event'::regclass ORDER BY 1"""
    with superuser(tenant.schema_name) as connection:
        return [name for (name,) in connection.execute(query).fetchall()]


def due() -> list[str]:
    now = datetime.now(UTC).date().replace(day=1)
    return [month_after(now, ahead).strftime("event_%Y_%m") for ahead in range(4)]


def count(tenant: Tenant, table: str) -> int:
    with superuser(tenant.schema_name) as connection:
        row = connection.execute(f"SELECT count(*) FROM {table}".encode()).fetchone()
    assert row
    return int(row[0])


def put_strays(tenant: Tenant, *moments: str) -> None:
    """Events of months that no partition was made for, finished and not sealed."""
    with tampering(tenant.schema_name) as connection:
        for at in moments:
            connection.execute("INSERT INTO audit.event (at, action, actor) VALUES (%s, 'insert', 'x')", [at])


def test_this_month_and_the_three_after_it_are_made_with_the_database(hooli: Tenant) -> None:
    assert months(hooli) == [*due(), "event_default"]


def test_a_month_that_is_missing_is_made_by_the_next_round(hooli: Tenant) -> None:
    with tampering(hooli.schema_name) as connection:
        connection.execute(f"DROP TABLE audit.{due()[3]}".encode())

    seal_now(hooli)

    assert months(hooli) == [*due(), "event_default"]


def test_strays_move_to_a_month_of_their_own_and_their_seals_still_hold(hooli: Tenant) -> None:
    with tampering(hooli.schema_name) as connection:
        for name in due():
            connection.execute(f"ALTER TABLE audit.event DETACH PARTITION audit.{name}".encode())
            connection.execute(f"INSERT INTO audit.event_default SELECT * FROM audit.{name}".encode())
            connection.execute(f"DROP TABLE audit.{name}".encode())
    put_strays(hooli, "2026-01-31 23:59:59.999999Z")
    all_of_them = ids(hooli)
    assert count(hooli, "audit.event_default") == len(all_of_them)
    assert verified(hooli) == ""

    done = seal_now(hooli)

    assert (done.strays, count(hooli, "audit.event_default")) == (0, 0)
    assert months(hooli) == ["event_2026_01", *due(), "event_default"]
    assert ids(hooli) == all_of_them
    assert verified(hooli) == ""


@pytest.mark.slow
def test_who_still_writes_keeps_strays_where_they_are_and_it_is_said(hooli: Tenant) -> None:
    put_strays(hooli, "2026-01-15 12:00Z")
    with as_tenant(hooli) as slow:
        slow.execute("SELECT 1")
        with tampering(hooli.schema_name) as reader:
            reader.execute("BEGIN")
            reader.execute("SELECT count(*) FROM audit.event")

            assert seal_now(hooli).strays == 1
            assert count(hooli, "audit.event_default") == 1

            reader.execute("ROLLBACK")
    assert seal_now(hooli).strays == 0


def test_nothing_is_lost_when_the_move_is_killed(hooli: Tenant) -> None:
    put_strays(hooli, "2026-01-15 12:00Z", "2026-02-15 12:00Z")
    before = ids(hooli)
    with sealer(hooli.place) as connection, pytest.raises(ZeroDivisionError), connection.transaction():
        connection.execute("SELECT audit.keep_months(3)")
        raise ZeroDivisionError
    assert ids(hooli) == before
    assert count(hooli, "audit.event_default") == 2


def test_what_has_no_month_at_all_stays_a_stray(hooli: Tenant) -> None:
    put_strays(hooli, "infinity")
    assert seal_now(hooli).strays == 1


def test_a_month_whose_retention_has_ended_is_dropped_and_the_rest_still_verifies(
    hooli: Tenant, settings: Any
) -> None:
    settings.AMANA_ACTIVITY_MONTHS = 600
    put_strays(hooli, "2023-05-02 08:00Z", "2023-05-31 08:00Z")
    seal_now(hooli)
    write(hooli, "Olivia Brindley")
    seal_now(hooli)
    assert "event_2023_05" in months(hooli)
    before = ids(hooli)
    settings.AMANA_ACTIVITY_MONTHS = 24

    assert seal_now(hooli).batches == 1

    assert "event_2023_05" not in months(hooli)
    assert len(ids(hooli)) == len(before) - 2
    report = verify(hooli.place)
    assert report.wrong == ""
    assert (report.batches, report.dropped_batches, report.events) == (6, 1, len(ids(hooli)))
    assert report.compared == {"seals": 6, "catalog": 6, "file": 6}
    assert seal_now(hooli).batches == 0


def test_a_killed_drop_is_finished_by_the_next_round(
    hooli: Tenant, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.AMANA_ACTIVITY_MONTHS = 600
    put_strays(hooli, "2023-05-02 08:00Z")
    seal_now(hooli)
    settings.AMANA_ACTIVITY_MONTHS = 24
    with monkeypatch.context() as patched:
        patched.setattr("audit.sealing.drop_month", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            seal_now(hooli)
    assert verified(hooli) == ""

    seal_now(hooli)

    assert "event_2023_05" not in months(hooli)
    assert verify(hooli.place).compared == {"seals": 5, "catalog": 5, "file": 5}
    assert verified(hooli) == ""


def test_less_than_two_years_is_refused(settings: Any) -> None:
    settings.AMANA_ACTIVITY_MONTHS = 23
    with pytest.raises(ImproperlyConfigured, match="kept for 24 months"):
        keeping.retention()


def test_postgresql_itself_refuses_to_drop_a_young_month(hooli: Tenant) -> None:
    this = datetime.now(UTC).date().replace(day=1)
    with sealer(hooli.place) as connection:
        with pytest.raises(errors.RaiseException, match="must be kept for 24 months"):
            connection.execute("SELECT audit.drop_month(%s)", [this])
        with pytest.raises(errors.RaiseException, match="No seal says that 2023-05 is dropped"):
            connection.execute("SELECT audit.drop_month(%s)", [OLD])


def _young_month_marked_as_dropped(tenant: Tenant, *, sealed_at: str) -> None:
    """Its events are gone, its lists too, and a batch that fits the chain says that this is right."""
    with tampering(tenant.schema_name) as connection:
        connection.execute("DELETE FROM audit.event")
        connection.execute("UPDATE audit.seal SET ids = NULL, leaves = NULL")
        connection.execute(
            "INSERT INTO audit.seal SELECT batch + 1, 'drop', era, month, until, until, 0, 0, 0, sha256(''),"
            f" sha256(''), digest, {sealed_at}, digest, '{{}}', '' FROM audit.seal ORDER BY batch DESC LIMIT 1".encode()
        )
        _sign(tenant, connection)


def _sign(tenant: Tenant, connection: Any) -> None:
    last = last_seal(connection, tenant.place)
    assert last
    connection.execute(
        "UPDATE audit.seal SET digest = %s WHERE batch = %s", [last.header.digest(), last.header.batch]
    )


@pytest.mark.slow
@pytest.mark.parametrize("sealed_at", ["now()", "now() + interval '3 years'"])
def test_a_young_month_that_a_superuser_marks_as_dropped_is_named(hooli: Tenant, sealed_at: str) -> None:
    _young_month_marked_as_dropped(hooli, sealed_at=sealed_at)

    month = datetime.now(UTC).strftime("%Y-%m")
    assert verified(hooli) == f"Batch 1: its list of events is gone, although {month} must still be kept."
    with pytest.raises(AnchorContradicted):
        seal_now(hooli)


def test_an_event_put_into_a_month_that_was_dropped_is_named(hooli: Tenant, settings: Any) -> None:
    settings.AMANA_ACTIVITY_MONTHS = 600
    put_strays(hooli, "2023-05-02 08:00Z")
    seal_now(hooli)
    settings.AMANA_ACTIVITY_MONTHS = 24
    with superuser(hooli.schema_name) as connection:
        row = connection.execute("SELECT xid FROM audit.event ORDER BY id DESC LIMIT 1").fetchone()
    seal_now(hooli)
    assert row
    with tampering(hooli.schema_name) as connection:
        connection.execute(
            "INSERT INTO audit.event (id, xid, at, action, actor) VALUES (9000, %s, '2023-05-03', 'x', 'y')",
            row,
        )

    difference = verify(hooli.place).difference
    assert difference is not None
    assert (difference.what, difference.id) == ("inserted", 9000)
