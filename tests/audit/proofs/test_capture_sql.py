"""SQL written by hand leaves what Django's leaves: one event for each row that changed, with its exact values."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from psycopg import Error

from tenants.models import Tenant
from tenants.provisioner import owner_of
from tests.audit.proofs.log import Event, new_events, nothing_logged, run

pytestmark = pytest.mark.usefixtures("at_initech", "stock")


@pytest.fixture
def stock(migrate: Callable[..., None]) -> None:
    migrate(
        "CREATE TABLE shelf (id integer PRIMARY KEY, code varchar(9))",
        "CREATE TABLE item (id integer PRIMARY KEY, amount integer NOT NULL CHECK (amount >= 0), "
        "shelf integer REFERENCES shelf ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED)",
        "CREATE TABLE loose (item integer REFERENCES item ON DELETE SET NULL, note integer)",
    )
    run("INSERT INTO shelf VALUES (1, 'A'), (2, 'B')")
    run("INSERT INTO item VALUES (1, 10, 1), (2, 20, 1), (3, 30, 2)")


def item(number: int, amount: int, shelf: int | None = 1) -> dict[str, Any]:
    return {"id": number, "amount": amount, "shelf": shelf}


def inserted(number: int, amount: int, shelf: int | None = 1) -> Event:
    return Event("insert", "item", str(number), None, item(number, amount, shelf))


def moved(number: int, old: int, new: int) -> Event:
    return Event("update", "item", str(number), {"amount": old}, {"amount": new})


def deleted(number: int, amount: int, shelf: int | None = 1) -> Event:
    return Event("delete", "item", str(number), item(number, amount, shelf), None)


STATEMENTS: dict[str, tuple[str, list[Event]]] = {
    "INSERT … SELECT": (
        "INSERT INTO item SELECT id + 10, amount, shelf FROM item ORDER BY id",
        [inserted(11, 10), inserted(12, 20), inserted(13, 30, 2)],
    ),
    "INSERT … ON CONFLICT DO NOTHING": (
        "INSERT INTO item VALUES (1, 99, 1), (4, 40, 2) ON CONFLICT DO NOTHING",
        [inserted(4, 40, 2)],
    ),
    "INSERT … ON CONFLICT DO UPDATE": (
        "INSERT INTO item VALUES (1, 11, 2), (2, 20, 2) ON CONFLICT (id) DO UPDATE SET amount = EXCLUDED.amount",
        [moved(1, 10, 11)],
    ),
    "UPDATE … FROM": (
        "UPDATE item SET amount = amount + 1 FROM shelf WHERE shelf.id = item.shelf AND code = 'A'",
        [moved(1, 10, 11), moved(2, 20, 21)],
    ),
    "UPDATE of a key": (
        "UPDATE item SET id = 9 WHERE id = 3",
        [Event("update", "item", "3", {"id": 3}, {"id": 9})],
    ),
    "UPDATE without a change": ("UPDATE item SET amount = amount", []),
    "UPDATE … RETURNING": ("UPDATE item SET amount = 0 WHERE id = 1 RETURNING id", [moved(1, 10, 0)]),
    "DELETE … USING": (
        "DELETE FROM item USING shelf WHERE shelf.id = item.shelf AND code = 'B'",
        [deleted(3, 30, 2)],
    ),
    "MERGE": (
        """MERGE INTO item USING (VALUES (1, 11), (2, 0), (5, 50)) AS new (id, amount) ON item.id = new.id
           WHEN MATCHED AND new.amount = 0 THEN DELETE
           WHEN MATCHED THEN UPDATE SET amount = new.amount
           WHEN NOT MATCHED THEN INSERT VALUES (new.id, new.amount, 2)""",
        [moved(1, 10, 11), deleted(2, 20), inserted(5, 50, 2)],
    ),
    "WITH that writes before a SELECT": (
        """WITH gone AS (DELETE FROM item WHERE id = 1 RETURNING *),
                more AS (INSERT INTO item VALUES (6, 60, 2)), same AS (UPDATE item SET amount = 21 WHERE id = 2)
           SELECT count(*) FROM gone""",
        [deleted(1, 10), inserted(6, 60, 2), moved(2, 20, 21)],
    ),
    "WITH that moves rows": (
        "WITH gone AS (DELETE FROM item WHERE id = 1 RETURNING *) INSERT INTO item SELECT 7, amount, shelf FROM gone",
        [deleted(1, 10), inserted(7, 10)],
    ),
    "a statement behind comments": (
        "/* why */ -- and how\n UPDATE item SET amount = 1 WHERE id = 1",
        [moved(1, 10, 1)],
    ),
}


@pytest.mark.parametrize("in_a_transaction", [True, False], ids=["in a transaction", "alone"])
@pytest.mark.parametrize("kind", STATEMENTS)
def test_a_statement_leaves_one_event_a_row(kind: str, in_a_transaction: bool) -> None:
    statement, expected = STATEMENTS[kind]
    with new_events() as found:
        if in_a_transaction:
            with transaction.atomic():
                run(statement)
        else:
            run(statement)
    assert sorted(found, key=str) == sorted(expected, key=str)


@pytest.mark.parametrize("in_a_transaction", [True, False], ids=["in a transaction", "alone"])
def test_copy_from_leaves_an_event_a_row(in_a_transaction: bool) -> None:
    def copy() -> None:
        with connection.cursor() as cursor, cursor.copy("COPY item (id, amount) FROM STDIN") as sink:
            for number in range(100, 200):
                sink.write_row((number, 1))

    with new_events() as found:
        if in_a_transaction:
            with transaction.atomic():
                copy()
        else:
            copy()
    assert found == [inserted(number, 1, None) for number in range(100, 200)]


def test_executemany_leaves_an_event_a_row() -> None:
    with new_events() as found, connection.cursor() as cursor:
        cursor.executemany("UPDATE item SET amount = %s WHERE id = %s", [(11, 1), (20, 2), (33, 3), (5, 404)])
    assert found == [moved(1, 10, 11), moved(3, 30, 33)]


def test_several_changes_of_one_row_in_one_transaction_are_all_told() -> None:
    with new_events() as found, transaction.atomic():
        for amount in (11, 12, 10):
            run("UPDATE item SET amount = %s WHERE id = 1", amount)
    assert found == [moved(1, 10, 11), moved(1, 11, 12), moved(1, 12, 10)]


def test_the_databases_own_cascades_are_told() -> None:
    run("INSERT INTO loose VALUES (1, 7), (1, 8)")
    with new_events() as found:
        run("DELETE FROM shelf WHERE id = 1")
    assert sorted((event.subject, event.action, event.object_id) for event in found) == [
        ("item", "delete", "1"),
        ("item", "delete", "2"),
        ("loose", "update", None),
        ("loose", "update", None),
        ("shelf", "delete", "1"),
    ]
    assert [event.before for event in found if event.subject == "loose"] == [{"item": 1}] * 2


def test_a_row_of_a_table_without_a_key_is_told_by_its_values() -> None:
    with new_events() as found:
        run("INSERT INTO loose VALUES (NULL, 7)")
        run("UPDATE loose SET note = 8")
        run("DELETE FROM loose")
    assert found == [
        Event("insert", "loose", None, None, {"item": None, "note": 7}),
        Event("update", "loose", None, {"note": 7}, {"note": 8}),
        Event("delete", "loose", None, {"item": None, "note": 8}, None),
    ]


FAILING = {
    "a check": "UPDATE item SET amount = amount - 15",
    "a key taken": "INSERT INTO item VALUES (8, 1, 1), (1, 1, 1)",
    "a wrong type": "UPDATE item SET amount = (code || 'x')::integer FROM shelf",
    "a deferred key": "DELETE FROM loose; INSERT INTO item VALUES (8, 1, 404)",
}


@pytest.mark.parametrize("statement", FAILING.values(), ids=FAILING)
@pytest.mark.parametrize("in_a_transaction", [True, False], ids=["in a transaction", "alone"])
def test_a_statement_that_fails_leaves_nothing(statement: str, in_a_transaction: bool) -> None:
    with nothing_logged(), pytest.raises(DatabaseError):
        if in_a_transaction:
            with transaction.atomic():
                run(statement)
        else:
            run(statement)
    assert run("SELECT sum(amount) FROM item") == [(60,)]


def test_truncate_by_the_owner_is_told_once_for_each_table(initech: Tenant) -> None:
    with new_events() as found, owner_of(initech.place) as owner, owner.transaction():
        owner.execute(
            """SELECT set_config('amana.ctx', '{"actor": "system:migrate", "at": "'
               || extract(epoch FROM now()) || '"}', true)"""
        )
        owner.execute("TRUNCATE item, loose")
    assert found == [
        Event("truncate", "item", None, actor="system:migrate"),
        Event("truncate", "loose", None, actor="system:migrate"),
    ]


def test_truncate_needs_an_actor_too(initech: Tenant) -> None:
    with nothing_logged(), pytest.raises(Error, match="Nobody is named"), owner_of(initech.place) as owner:
        owner.execute("TRUNCATE item, loose")
    assert run("SELECT count(*) FROM item") == [(3,)]
