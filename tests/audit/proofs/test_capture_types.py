"""Values of every type are told exactly, and told apart exactly: what PostgreSQL calls equal may still differ."""

from collections.abc import Callable
from decimal import Decimal
from itertools import pairwise
from typing import Any

import pytest

from audit import declaring
from audit.declaring import Declared
from tests.audit.proofs.log import Event, new_events, nothing_logged, run

pytestmark = pytest.mark.usefixtures("at_initech")

# A column of this type: (a value, as the log has it, another value, as the log has it)
TYPES: dict[str, tuple[str, Any, str, Any]] = {
    "uuid": (
        "'01890000-0000-7000-8000-000000000001'",
        "01890000-0000-7000-8000-000000000001",
        "'01890000-0000-7000-8000-00000000000A'",
        "01890000-0000-7000-8000-00000000000a",
    ),
    "jsonb": ("""'{"a": [1, null]}'""", {"a": [1, None]}, """'{"a": [1, "x"]}'""", {"a": [1, "x"]}),
    "json": ("""'{"a": 1}'""", '{"a": 1}', """'{"a":  1}'""", '{"a":  1}'),
    "json[]": ("""ARRAY['1', '[2]']::json[]""", [1, [2]], "ARRAY['1', '[3]']::json[]", [1, [3]]),
    "numeric(20,4)": ("1.5", Decimal("1.5000"), "9007199254740993.0001", Decimal("9007199254740993.0001")),
    "numeric": ("'NaN'", "NaN", "1e-20", Decimal("0.00000000000000000001")),
    "bigint": ("9007199254740993", 9007199254740993, "9007199254740992", 9007199254740992),
    "double precision": ("0.1", Decimal("0.1"), "'-Infinity'", "-Infinity"),
    "boolean": ("true", True, "false", False),
    "date": ("'2026-03-29'", "2026-03-29", "'infinity'", "infinity"),
    "timestamptz": (
        "'2026-03-29 01:30:00.000001+01'",
        "2026-03-29T00:30:00.000001+00:00",
        "'2026-03-29 00:30:00.000002Z'",
        "2026-03-29T00:30:00.000002+00:00",
    ),
    "timestamp": ("'2026-03-29 02:30'", "2026-03-29T02:30:00", "'2026-03-29 03:30'", "2026-03-29T03:30:00"),
    "time": ("'23:59:59.5'", "23:59:59.5", "'00:00'", "00:00:00"),
    "interval": ("'1 day'", "1 day", "'24 hours'", "24:00:00"),
    "integer[]": ("'{1,2}'", [1, 2], "'{{1,NULL},{3,4}}'", [[1, None], [3, 4]]),
    "date[]": ("ARRAY['2026-01-02']::date[]", ["2026-01-02"], "'{}'", []),
    "inet": ("'192.0.2.1'", "192.0.2.1", "'192.0.2.1/24'", "192.0.2.1/24"),
    "int4range": ("'[1,3)'", "[1,3)", "'empty'", "empty"),
    "point": ("'(1,2)'", "(1,2)", "'(1,3)'", "(1,3)"),
    "box": ("'(2,2),(0,0)'", "(2,2),(0,0)", "'(4,1),(0,0)'", "(4,1),(0,0)"),
    "polygon": (
        "'((0,0),(1,1),(2,0))'",
        "((0,0),(1,1),(2,0))",
        "'((0,0),(1,1),(3,0))'",
        "((0,0),(1,1),(3,0))",
    ),
    "bit(4)": ("B'1010'", "1010", "B'1011'", "1011"),
    "bytea": (r"'\x00ff'", "AP8=", r"'\x00fe'", "AP4="),
    "text": ("'أمانة'", "أمانة", "'托管''\\'", "托管'\\"),
    "text[]": ("ARRAY['a,b']", ["a,b"], "ARRAY['a','b']", ["a", "b"]),
    "tsvector": ("'ana'", "'ana'", "'bob'", "'bob'"),
    "mood": ("'calm'", "calm", "'cross'", "cross"),
    "mail": ("'a@example.com'", "a@example.com", "'b@example.com'", "b@example.com"),
    "pair": ("ROW(1, '[1]')", {"n": 1, "j": [1]}, "ROW(1, '[2]')", {"n": 1, "j": [2]}),
}
HELPERS = (
    "DROP TYPE IF EXISTS mood, pair",
    "DROP DOMAIN IF EXISTS mail",
    "CREATE TYPE mood AS ENUM ('calm', 'cross')",
    "CREATE TYPE pair AS (n integer, j json)",
    "CREATE DOMAIN mail AS text CHECK (VALUE LIKE '%@%')",
)


@pytest.fixture
def plain(monkeypatch: pytest.MonkeyPatch) -> None:
    """The table thing is declared to keep its values, of whatever type."""
    monkeypatch.setitem(declaring._logged, "thing", Declared(plain=frozenset({"value"})))


@pytest.mark.usefixtures("plain")
@pytest.mark.parametrize("kind", TYPES)
def test_a_value_is_told_exactly_and_null_too(migrate: Callable[..., None], kind: str) -> None:
    first, told_first, second, told_second = TYPES[kind]
    migrate(*HELPERS, f"CREATE TABLE thing (id integer PRIMARY KEY, value {kind})")
    with new_events() as found:
        run("INSERT INTO thing VALUES (1, NULL)")
        for value in (first, first, second, "NULL"):
            run(f"UPDATE thing SET value = {value}")
        run("DELETE FROM thing")
    steps = [None, told_first, told_second, None]
    assert found == [
        Event("insert", "thing", "1", None, {"id": 1, "value": None}),
        *(Event("update", "thing", "1", {"value": old}, {"value": new}) for old, new in pairwise(steps)),
        Event("delete", "thing", "1", {"id": 1, "value": None}, None),
    ]


TALKATIVE = [
    "text",
    "varchar(20)",
    "char(9)",
    "text[]",
    "json",
    "jsonb",
    "json[]",
    "bytea",
    "tsvector",
]


@pytest.mark.parametrize("kind", [*TALKATIVE, "mail", "mail[]", "pair", "bit varying", "hidden_range"])
def test_a_type_that_can_hold_words_is_masked_unless_declared(
    migrate: Callable[..., None], kind: str
) -> None:
    values = {
        "json": "'1'",
        "jsonb": "'1'",
        "json[]": "'{1}'",
        "mail": "'a@b'",
        "mail[]": "'{a@b}'",
        "text[]": "'{a}'",
        "pair": "'(1,1)'",
        "bit varying": "'1'",
        "hidden_range": "'[a,b]'",
    }
    migrate(
        *HELPERS,
        "DROP TYPE IF EXISTS hidden_range",
        "CREATE TYPE hidden_range AS RANGE (subtype = text)",
        f"CREATE TABLE thing (id integer PRIMARY KEY, value {kind})",
    )
    with new_events() as found:
        run(f"INSERT INTO thing VALUES (1, {values.get(kind, repr('a'))})")
        run("UPDATE thing SET value = NULL")
    assert found == [
        Event("insert", "thing", "1", None, {"id": 1}, ["value"]),
        Event("update", "thing", "1", masked=["value"]),
    ]


def test_what_a_session_prefers_does_not_change_what_is_told(migrate: Callable[..., None]) -> None:
    """Settings that any session may make."""
    migrate(
        "CREATE TABLE thing (day date, at timestamptz, much double precision, span interval, PRIMARY KEY (day, span))"
    )
    preferring = {
        "DateStyle": "German",
        "IntervalStyle": "sql_standard",
        "extra_float_digits": "-15",
        "TimeZone": "Asia/Shanghai",
        "standard_conforming_strings": "off",
        "search_path": "pg_temp, public, pg_catalog",
        "transform_null_equals": "on",
        "quote_all_identifiers": "on",
    }
    with new_events() as found:
        for name, value in preferring.items():
            run("SELECT set_config(%s, %s, false)", name, value)
        run("INSERT INTO thing VALUES ('2026-12-31', '2026-12-31 20:00Z', 123.456, '1 year 2 days')")
        for name in preferring:
            run(f"RESET {name}")
    day, span = "2026-12-31", "1 year 2 days"
    assert found == [
        Event(
            "insert",
            "thing",
            f'["{day}", "{span}"]',
            None,
            {"day": day, "at": "2027-01-01T04:00:00+08:00", "much": Decimal("123.456"), "span": span},
        )
    ]


def test_a_json_text_that_jsonb_can_not_hold_is_no_reason_to_refuse_a_row(
    migrate: Callable[..., None], plain: None
) -> None:
    migrate("CREATE TABLE thing (id integer PRIMARY KEY, value json)")
    with new_events() as found:
        run(r"""INSERT INTO thing VALUES (1, '"\u0000"')""")
    assert [event.after for event in found] == [{"id": 1, "value": r'"\u0000"'}]


def test_the_same_written_differently_is_no_change(migrate: Callable[..., None], plain: None) -> None:
    migrate("CREATE TABLE thing (id integer PRIMARY KEY, value jsonb)")
    run("""INSERT INTO thing VALUES (1, '{"a": 1, "b": 2}')""")
    with nothing_logged():
        run("""UPDATE thing SET value = '{"b":2,"a":1}'""")
