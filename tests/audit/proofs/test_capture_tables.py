"""Tables of every shape and name are logged; whatever changes about one shows as a fault, and is put right."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import DatabaseError
from psycopg import sql

from audit import declaring
from audit.attaching import faults_in_words
from audit.declaring import Declared
from tenants.models import Tenant
from tenants.provisioner import provisioner
from tests.audit.proofs.conftest import attach
from tests.audit.proofs.log import Event, new_events, run

pytestmark = pytest.mark.usefixtures("at_initech")

NAMES = [
    "Upper Case",
    'with "quotes"',
    "it's",
    "100% {} {0} {table} %s %(x)s",
    "x" * 63,
    "名" * 21,
    "semi;colon -- comment /*",
    "dollar$$body$$",
    "back\\slash",
    "new\nline",
    "event",
    "event_default",
    "context",
    "select",
    "logged",
    "audit.event",
]
COLUMNS = [
    *NAMES,
    "was",
    "became",
    "hidden",
    "old",
    "new",
    "tg_op",
    "found",
    "action",
    "actor",
    "masked",
    "ctid_",
]


def quoted(name: str) -> str:
    return sql.Identifier(name).as_string().replace("%", "%%")


def faults(tenant: Tenant) -> list[str]:
    with provisioner(tenant.place.database, tenant.place) as connection:
        return [*faults_in_words(connection)]


def written(table: str, column: str = "id") -> None:
    run(f"INSERT INTO {quoted(table)} ({quoted(column)}) VALUES (%s)", 1)
    run(f"UPDATE {quoted(table)} SET {quoted(column)} = %s", 2)
    run(f"DELETE FROM {quoted(table)} WHERE {quoted(column)} = %s", 2)


@pytest.mark.parametrize("name", NAMES)
def test_a_table_may_have_any_name(migrate: Callable[..., None], name: str, initech: Tenant) -> None:
    migrate(f"CREATE TABLE {sql.Identifier(name).as_string()} (id integer PRIMARY KEY)")
    with new_events() as found:
        written(name)
    assert found == [
        Event("insert", name, "1", None, {"id": 1}),
        Event("update", name, "1", {"id": 1}, {"id": 2}),
        Event("delete", name, "2", {"id": 2}, None),
    ]
    assert faults(initech) == []


@pytest.mark.parametrize(
    "keeps", ["values", *(pytest.param(other, marks=pytest.mark.slow) for other in ("masked", "ignored"))]
)
@pytest.mark.parametrize("name", COLUMNS)
def test_a_column_may_have_any_name(
    migrate: Callable[..., None], name: str, keeps: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    declared = {
        "values": Declared(),
        "masked": Declared(masked=frozenset({name})),
        "ignored": Declared(ignored={name: "a test"}),
    }
    monkeypatch.setitem(declaring._logged, "thing", declared[keeps])
    migrate(f"CREATE TABLE thing ({sql.Identifier(name).as_string()} integer)")
    with new_events() as found:
        written("thing", name)
    expected: dict[str, list[tuple[Any, Any, Any]]] = {
        "values": [(None, {name: 1}, None), ({name: 1}, {name: 2}, None), ({name: 2}, None, None)],
        "masked": [(None, None, [name])] * 3,
        "ignored": [(None, None, None)] * 2,
    }
    assert [(event.before, event.after, event.masked) for event in found] == expected[keeps]


def test_a_table_of_120_columns(migrate: Callable[..., None]) -> None:
    columns = ", ".join(f"c{number} integer DEFAULT {number}" for number in range(120))
    migrate(f"CREATE TABLE wide ({columns})")
    with new_events() as found:
        run("INSERT INTO wide DEFAULT VALUES")
        run("UPDATE wide SET " + ", ".join(f"c{number} = {number + 1}" for number in range(120)))
        run("DELETE FROM wide")
    old = {f"c{number}": number for number in range(120)}
    new = {f"c{number}": number + 1 for number in range(120)}
    assert [(event.before, event.after) for event in found] == [(None, old), (old, new), (new, None)]


def test_a_table_of_1600_columns_half_of_them_masked(migrate: Callable[..., None]) -> None:
    columns = ", ".join(f"c{number} integer, t{number} text" for number in range(800))
    migrate(f"CREATE TABLE wide ({columns})")
    with new_events() as found:
        run("INSERT INTO wide (c7, t7) VALUES (7, 'secret')")
    [event] = found
    assert (len(event.after), event.after["c7"], event.masked) == (800, 7, ["t7"])


def test_a_key_of_several_columns(migrate: Callable[..., None]) -> None:
    migrate("CREATE TABLE line (amount integer, position integer, word text, PRIMARY KEY (word, position))")
    with new_events() as found:
        run("INSERT INTO line VALUES (5, 1, 'a')")
        run("UPDATE line SET position = 2")
    assert found == [
        Event("insert", "line", '[1, "a"]', None, {"amount": 5, "position": 1, "word": "a"}),
        Event("update", "line", '[1, "a"]', {"position": 1}, {"position": 2}),
    ]


def test_two_rows_never_share_an_object_id(migrate: Callable[..., None]) -> None:
    migrate("CREATE TABLE twins (a text, b text, PRIMARY KEY (a, b))")
    with new_events() as found:
        run("INSERT INTO twins VALUES ('x,y', 'z'), ('x', 'y,z')")
    assert len({event.object_id for event in found}) == 2


def test_generated_columns_tell_what_was_stored(migrate: Callable[..., None]) -> None:
    migrate(
        "CREATE TABLE priced (net integer, gross integer GENERATED ALWAYS AS (net * 2) STORED, "
        "shown integer GENERATED ALWAYS AS (net * 3) VIRTUAL)"
    )
    with new_events() as found:
        run("INSERT INTO priced (net) VALUES (1)")
        run("UPDATE priced SET net = 2")
        run("DELETE FROM priced")
    assert [(event.before, event.after) for event in found] == [
        (None, {"net": 1, "gross": 2}),
        ({"net": 1, "gross": 2}, {"net": 2, "gross": 4}),
        ({"net": 2, "gross": 4}, None),
    ]


def test_partitions_are_logged_under_the_name_of_their_table(
    migrate: Callable[..., None], initech: Tenant
) -> None:
    migrate(
        "CREATE TABLE spread (id integer PRIMARY KEY, note integer) PARTITION BY RANGE (id)",
        "CREATE TABLE spread_low PARTITION OF spread FOR VALUES FROM (0) TO (10)",
    )
    migrate(
        "CREATE TABLE spread_high (note integer, id integer NOT NULL)",
        "ALTER TABLE spread ATTACH PARTITION spread_high FOR VALUES FROM (10) TO (20)",
        attached=False,
    )
    with new_events() as found:
        run("INSERT INTO spread VALUES (1, 7), (11, 7)")
        run("INSERT INTO spread_low VALUES (2, 7)")
        run("UPDATE spread SET note = 8 WHERE id = 11")
        run("DELETE FROM spread_high")
    assert found == [
        Event("insert", "spread", "1", None, {"id": 1, "note": 7}),
        Event("insert", "spread", "11", None, {"id": 11, "note": 7}),
        Event("insert", "spread", "2", None, {"id": 2, "note": 7}),
        Event("update", "spread", "11", {"note": 7}, {"note": 8}),
        Event("delete", "spread", "11", {"id": 11, "note": 8}, None),
    ]
    assert faults(initech) == []


def test_a_row_that_moves_to_another_partition_leaves_both_ends(migrate: Callable[..., None]) -> None:
    migrate(
        "CREATE TABLE spread (id integer PRIMARY KEY) PARTITION BY RANGE (id)",
        "CREATE TABLE spread_low PARTITION OF spread FOR VALUES FROM (0) TO (10)",
        "CREATE TABLE spread_high PARTITION OF spread FOR VALUES FROM (10) TO (20)",
    )
    run("INSERT INTO spread VALUES (1)")
    with new_events() as found:
        run("UPDATE spread SET id = 11")
    assert found == [
        Event("delete", "spread", "1", {"id": 1}, None),
        Event("insert", "spread", "11", None, {"id": 11}),
    ]


def test_an_inherited_table_is_one_of_its_own(migrate: Callable[..., None], initech: Tenant) -> None:
    migrate("CREATE TABLE parent (id integer)", "CREATE TABLE child (more integer) INHERITS (parent)")
    with new_events() as found:
        run("INSERT INTO child VALUES (1, 2)")
        run("UPDATE parent SET id = 3")
    assert [(event.subject, event.action, event.after) for event in found] == [
        ("child", "insert", {"id": 1, "more": 2}),
        ("child", "update", {"id": 3}),
    ]
    assert faults(initech) == []


NEITHER = "thing: It is neither logged nor exempt."
COLUMNS_DIFFER = "thing: Its columns are not those of its function."
TRIGGERS_OFF = "thing: Its triggers are not on, or not all there."
CHANGES: dict[str, tuple[str, str]] = {
    "a column added": ("ALTER TABLE thing ADD COLUMN more integer", COLUMNS_DIFFER),
    "a column dropped": ("ALTER TABLE thing DROP COLUMN note", COLUMNS_DIFFER),
    "a column renamed": ("ALTER TABLE thing RENAME COLUMN note TO remark", COLUMNS_DIFFER),
    "a column's type changed to text": ("ALTER TABLE thing ALTER COLUMN note TYPE text", COLUMNS_DIFFER),
    "the key gone": ("ALTER TABLE thing DROP CONSTRAINT thing_pkey", COLUMNS_DIFFER),
    "a trigger dropped": ("DROP TRIGGER logged_update ON thing", TRIGGERS_OFF),
    "all triggers dropped": (
        "DROP TRIGGER logged_update ON thing; DROP TRIGGER logged_insert ON thing; "
        "DROP TRIGGER logged_delete ON thing; DROP TRIGGER logged_truncate ON thing",
        NEITHER,
    ),
    "a trigger disabled": ("ALTER TABLE thing DISABLE TRIGGER logged_insert", TRIGGERS_OFF),
    "all triggers disabled": ("ALTER TABLE thing DISABLE TRIGGER USER", TRIGGERS_OFF),
    "a trigger that a replica skips": ("ALTER TABLE thing ENABLE TRIGGER logged_delete", TRIGGERS_OFF),
    "a trigger with a condition": (
        "CREATE OR REPLACE TRIGGER logged_insert AFTER INSERT ON thing FOR EACH ROW WHEN (false) "
        "EXECUTE FUNCTION audit.thing(); ALTER TABLE thing ENABLE ALWAYS TRIGGER logged_insert",
        TRIGGERS_OFF,
    ),
    "a trigger of one column": (
        "CREATE OR REPLACE TRIGGER logged_update AFTER UPDATE OF id ON thing FOR EACH ROW "
        "WHEN (OLD.* *<> NEW.*) EXECUTE FUNCTION audit.thing(); "
        "ALTER TABLE thing ENABLE ALWAYS TRIGGER logged_update",
        TRIGGERS_OFF,
    ),
    "another's function": (
        "CREATE OR REPLACE TRIGGER logged_insert AFTER INSERT ON thing FOR EACH ROW "
        "EXECUTE FUNCTION audit.contacts_contact(); ALTER TABLE thing ENABLE ALWAYS TRIGGER logged_insert",
        TRIGGERS_OFF,
    ),
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_change_is_a_fault_until_the_table_is_attached_again(
    migrate: Callable[..., None], initech: Tenant, change: str
) -> None:
    statements, fault = CHANGES[change]
    migrate("CREATE TABLE thing (id integer PRIMARY KEY, note integer)")
    assert faults(initech) == []
    migrate(*statements.split("; "), attached=False)
    assert faults(initech) == [fault]

    attach(initech)

    assert faults(initech) == []
    with new_events() as found:
        run("INSERT INTO thing VALUES (1)")
        run("UPDATE thing SET id = 2")
        run("DELETE FROM thing")
    assert [event.action for event in found] == ["insert", "update", "delete"]


def test_a_renamed_table_is_logged_under_its_new_name(migrate: Callable[..., None], initech: Tenant) -> None:
    migrate("CREATE TABLE thing (id integer PRIMARY KEY)")
    migrate("ALTER TABLE thing RENAME TO matter", attached=False)
    assert faults(initech) == ["matter: It is neither logged nor exempt."]
    attach(initech)
    with new_events() as found:
        run("INSERT INTO matter VALUES (1)")
    assert found == [Event("insert", "matter", "1", None, {"id": 1})]


@pytest.mark.parametrize("column", ["note", "more"])
def test_until_then_a_write_is_never_passed_over_in_silence(
    migrate: Callable[..., None], column: str
) -> None:
    """A dropped column makes the function fail, so the write is refused; a new one is not in it yet."""
    migrate("CREATE TABLE thing (id integer PRIMARY KEY, note integer)")
    change = "DROP COLUMN note" if column == "note" else "ADD COLUMN more integer"
    migrate(f"ALTER TABLE thing {change}", attached=False)
    with new_events() as found:
        if column == "note":
            with pytest.raises(DatabaseError):
                run("INSERT INTO thing VALUES (1)")
        else:
            run("INSERT INTO thing VALUES (1, 2, 3)")
    assert [event.action for event in found] == ([] if column == "note" else ["insert"])


def test_a_table_made_exempt_is_taken_off(
    migrate: Callable[..., None], initech: Tenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    migrate("CREATE TABLE thing (id integer PRIMARY KEY)")
    monkeypatch.setitem(declaring._exempt, "thing", "a test")
    assert faults(initech) == ["thing: It is exempt, and yet logged."]
    attach(initech)
    assert faults(initech) == []
    with new_events() as found:
        run("INSERT INTO thing VALUES (1)")
    assert found == []


def test_attaching_what_is_right_touches_nothing(migrate: Callable[..., None], initech: Tenant) -> None:
    migrate("CREATE TABLE thing (id integer PRIMARY KEY)")
    before = (
        run("SELECT oid, xmin FROM pg_trigger ORDER BY 1"),
        run("SELECT oid, xmin FROM pg_proc ORDER BY 1"),
    )
    attach(initech)
    after = (
        run("SELECT oid, xmin FROM pg_trigger ORDER BY 1"),
        run("SELECT oid, xmin FROM pg_proc ORDER BY 1"),
    )
    assert after == before
