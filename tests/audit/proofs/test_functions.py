"""Inserts and deletes are logged a statement at a time, with nothing lost that a row at a time would have told."""

from collections.abc import Callable

import pytest
from django.db import DatabaseError, transaction

from tenants.models import Tenant
from tests.audit.proofs.log import Event, new_events, nothing_logged, run

pytestmark = pytest.mark.usefixtures("at_initech")

THING = "CREATE TABLE thing (id integer PRIMARY KEY, note integer)"


def test_an_upsert_tells_inserts_from_updates(migrate: Callable[..., None]) -> None:
    migrate(THING)
    run("INSERT INTO thing VALUES (1, 1)")
    with new_events() as found:
        run(
            "INSERT INTO thing VALUES (1, 2), (2, 2) ON CONFLICT (id) DO UPDATE SET note = excluded.note RETURNING id"
        )
        run("INSERT INTO thing VALUES (2, 9), (3, 9) ON CONFLICT DO NOTHING")
    assert sorted(found, key=lambda event: str(event.object_id)) == [
        Event("update", "thing", "1", {"note": 1}, {"note": 2}),
        Event("insert", "thing", "2", None, {"id": 2, "note": 2}),
        Event("insert", "thing", "3", None, {"id": 3, "note": 9}),
    ]


def test_a_merge_tells_all_three(migrate: Callable[..., None]) -> None:
    migrate(THING)
    run("INSERT INTO thing VALUES (1, 1), (2, 2)")
    with new_events() as found:
        run(
            "MERGE INTO thing USING (VALUES (1), (2), (3)) AS said (id) ON said.id = thing.id "
            "WHEN MATCHED AND said.id = 1 THEN DELETE WHEN MATCHED THEN UPDATE SET note = 7 "
            "WHEN NOT MATCHED THEN INSERT VALUES (said.id, 3)"
        )
    assert sorted(found, key=lambda event: str(event.object_id)) == [
        Event("delete", "thing", "1", {"id": 1, "note": 1}, None),
        Event("update", "thing", "2", {"note": 2}, {"note": 7}),
        Event("insert", "thing", "3", None, {"id": 3, "note": 3}),
    ]


def test_one_statement_that_does_several_things_tells_each_once(migrate: Callable[..., None]) -> None:
    migrate(THING, "CREATE TABLE other (id integer PRIMARY KEY)")
    run("INSERT INTO thing VALUES (1, 1)")
    with new_events() as found:
        run(
            "WITH gone AS (DELETE FROM thing RETURNING id), new AS (INSERT INTO thing VALUES (5, 5), (6, 6)), "
            "more AS (INSERT INTO thing VALUES (7, 7)) INSERT INTO other SELECT id FROM gone"
        )
    told = sorted((event.subject, event.action, event.object_id) for event in found)
    assert told == [
        ("other", "insert", "1"),
        ("thing", "delete", "1"),
        ("thing", "insert", "5"),
        ("thing", "insert", "6"),
        ("thing", "insert", "7"),
    ]


def test_a_cascade_over_three_tables_tells_every_row(migrate: Callable[..., None]) -> None:
    migrate(
        "CREATE TABLE a (id integer PRIMARY KEY)",
        "CREATE TABLE b (id integer PRIMARY KEY, a integer REFERENCES a ON DELETE CASCADE)",
        "CREATE TABLE c (id integer PRIMARY KEY, b integer REFERENCES b ON DELETE CASCADE)",
    )
    run("INSERT INTO a VALUES (1), (2)")
    run("INSERT INTO b VALUES (11, 1), (12, 1), (21, 2)")
    run("INSERT INTO c VALUES (111, 11), (211, 21), (212, 21)")
    with new_events() as found:
        run("DELETE FROM a")
    told = sorted(f"{event.action} {event.subject} {event.object_id}" for event in found)
    assert told == [
        *("delete a 1", "delete a 2", "delete b 11", "delete b 12", "delete b 21"),
        *("delete c 111", "delete c 211", "delete c 212"),
    ]


@pytest.mark.parametrize("name", ["context", "was", "became", "hidden", "rows", "new", "old", "tg_op"])
def test_a_column_may_have_the_name_of_a_word_in_the_function(
    migrate: Callable[..., None], name: str
) -> None:
    migrate(f"CREATE TABLE thing (id integer PRIMARY KEY, {name} integer)")
    with new_events() as found:
        run(f"INSERT INTO thing ({name}, id) VALUES (5, 1)")
        run(f"UPDATE thing SET {name} = 6")
        run("DELETE FROM thing")
    assert found == [
        Event("insert", "thing", "1", None, {"id": 1, name: 5}),
        Event("update", "thing", "1", {name: 5}, {name: 6}),
        Event("delete", "thing", "1", {"id": 1, name: 6}, None),
    ]


def test_a_table_may_be_called_rows(migrate: Callable[..., None]) -> None:
    migrate("CREATE TABLE rows (id integer PRIMARY KEY)")
    run("INSERT INTO rows VALUES (7)")
    with new_events() as found:
        run("INSERT INTO rows VALUES (8)")
        run("DELETE FROM rows WHERE id = 7")
    assert found == [
        Event("insert", "rows", "8", None, {"id": 8}),
        Event("delete", "rows", "7", {"id": 7}, None),
    ]


@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO thing SELECT 5, 5 WHERE false",
        "DELETE FROM thing WHERE false",
        "UPDATE thing SET note = 1",
    ],
)
def test_a_statement_that_finds_no_row_leaves_nothing_and_asks_for_nobody(
    migrate: Callable[..., None], statement: str
) -> None:
    migrate(THING)
    run("INSERT INTO thing VALUES (1, 1)")
    with nothing_logged():
        run(f"BEGIN; SELECT set_config('amana.ctx', '', true); {statement}; COMMIT")


@pytest.mark.parametrize("statement", ["INSERT INTO thing VALUES (2, 2)", "DELETE FROM thing"])
def test_a_statement_that_takes_the_actor_away_is_refused(
    migrate: Callable[..., None], statement: str
) -> None:
    migrate(THING)
    run("INSERT INTO thing VALUES (1, 1)")
    with nothing_logged(), pytest.raises(DatabaseError, match="Nobody is named as acting"):
        run(
            f"WITH said AS MATERIALIZED (SELECT set_config('amana.ctx', '', true)), {statement_with(statement)}"
        )
    assert run("SELECT id, note FROM thing") == [(1, 1)]


def statement_with(statement: str) -> str:
    """`statement` after `said`, which PostgreSQL runs as soon as it is read."""
    return f"done AS ({statement} RETURNING 1) SELECT * FROM said, done"


def test_an_heir_is_logged_by_whichever_name_its_rows_are_written(
    migrate: Callable[..., None], initech: Tenant
) -> None:
    migrate("CREATE TABLE parent (id integer)", "CREATE TABLE child (more integer) INHERITS (parent)")
    run("INSERT INTO child VALUES (1, 2)")
    with new_events() as found:
        run("DELETE FROM parent")
    assert found == [Event("delete", "child", None, {"id": 1, "more": 2}, None)]


def test_a_table_that_gets_heirs_is_attached_by_row_from_then_on(migrate: Callable[..., None]) -> None:
    migrate("CREATE TABLE parent (id integer)", "CREATE TABLE child (id integer)")
    migrate("ALTER TABLE child INHERIT parent")
    run("INSERT INTO child VALUES (1)")
    with new_events() as found:
        run("DELETE FROM parent")
    assert found == [Event("delete", "child", None, {"id": 1}, None)]


@pytest.mark.parametrize("outcome", ["'perhaps'", "NULL", "''"])
def test_an_outcome_that_is_none_is_refused(outcome: str) -> None:
    refused = pytest.raises(DatabaseError, match="An outcome is done, refused or failed, not")
    with nothing_logged(), refused, transaction.atomic():
        run(f"SELECT activity_api.record('auth.signed_in', {outcome})")
