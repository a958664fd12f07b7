"""How a line looks, and what may stand in it, one sentence at a time."""

import json
import logging
import os
import sys
from typing import Any

import psycopg
import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import OperationalError

from config.logs.configuration import form_of
from config.logs.lines import JsonLine, ReadableLine
from config.logs.speaking import described
from tenants.exceptions import NoTenantBound
from tests.logs.product import python

EMAIL = "fatimah.q@canary.example"


def record(logger: str, message: Any, *arguments: Any, **extra: Any) -> logging.LogRecord:
    made = logging.LogRecord(logger, logging.ERROR, "x.py", 1, message, arguments, sys.exc_info())
    made.created = 1_700_000_000.0379
    vars(made).update(extra)
    return made


def said(logger: str, message: Any, *arguments: Any, **extra: Any) -> str:
    return str(json.loads(JsonLine().format(record(logger, message, *arguments, **extra)))["message"])


def test_a_json_line() -> None:
    facts = {"tenant": "t_x", "user": None, "request": "r", "task": None}
    line = JsonLine().format(record("keys.tasks", "Copied %s", "a", facts=facts, size=3))
    assert json.loads(line) == {
        "time": "2023-11-14T22:13:20.037Z",
        "level": "ERROR",
        "logger": "keys.tasks",
        "message": "Copied a",
        **facts,
        "size": 3,
    }


def test_a_readable_line() -> None:
    facts = {"tenant": "t_x", "user": None, "request": "r", "task": None}
    line = ReadableLine().format(record("keys.tasks", "Copied %s", "a", facts=facts, size=3))
    assert line == "2023-11-14T22:13:20.037Z ERROR keys.tasks [tenant=t_x request=r size=3] Copied a"


@pytest.mark.parametrize("strange", ["\n", "\r\n", "\x1b[31m", "\x00", "\u2028", "\x85", "\u202e"])
def test_no_character_ends_or_turns_a_line(strange: str) -> None:
    forged = record("keys.tasks", f"a{strange}2023-11-14T22:13:20.037Z INFO root b")
    for form in (JsonLine(), ReadableLine()):
        line = form.format(forged)
        assert strange not in line
        assert line.splitlines() == [line]


def test_only_a_tracebacks_lines_begin_with_a_space() -> None:
    try:
        raise NoTenantBound("first\n2023 INFO forged")
    except NoTenantBound:
        lines = ReadableLine().format(record("keys.tasks", "Failed")).splitlines()
    assert len(lines) == 3
    assert [line.startswith("    ") for line in lines] == [False, True, True]
    assert lines[2] == "    tenants.exceptions.NoTenantBound: first"


@pytest.mark.parametrize(
    ("logger", "message", "arguments", "wanted"),
    [
        ("keys.tasks", "Copied %s of %d", ("a", 3), "Copied a of 3"),
        ("some.library", "Sent %s to %s in %.1f s", (EMAIL, None, 2.04), "Sent … to None in 2.0 s"),
        ("some.library", f"Invalid request from ip=1.2.3.4: {EMAIL}", (), "Invalid request from ip"),
        ("some.library", f"Can't read '{EMAIL}'", (), "Can't read "),
        ("some.library", ValueError(EMAIL), (), "ValueError"),
        ("keys.tasks", "Failed: %s", (ValueError(EMAIL),), "Failed: ValueError"),
        ("gunicorn.error", "Error handling request %s", (f"/?q={EMAIL}",), "Error handling request …"),
        ("some.library", f"Can't read={EMAIL}", (), "Can't read"),
        ("gunicorn.error", "Handling signal: %s", ("term",), "Handling signal: term"),
        ("celery.beat", "beat: Starting...", (), "beat: Starting..."),
        ("celery.apps.worker", "%s ready.", ("control@amana",), "control@amana ready."),
        ("celery.x", "%(name)s[%(id)s] %(exc)s", ({"name": "t", "id": "i", "exc": EMAIL},), "t[i] …"),
        ("py.warnings", f"/a/b.py:7: UserWarning: {EMAIL}\n  code\n", (), "/a/b.py:7: UserWarning"),
        ("keys.tasks", "100 %d", ("many",), "100 %d"),
    ],
)
def test_what_a_sentence_may_say(logger: str, message: Any, arguments: tuple[Any, ...], wanted: str) -> None:
    assert said(logger, message, *arguments) == wanted


@pytest.mark.parametrize(
    ("logger", "arguments", "status", "wanted"),
    [
        ("django.request", ("Not Found", f"/{EMAIL}"), 404, "Not Found"),
        ("django.security.DisallowedHost", (f"Invalid HTTP_HOST header: {EMAIL}",), 400, "Bad Request"),
        (
            "django.security.csrf",
            ("CSRF token missing.", f"/{EMAIL}"),
            403,
            "Forbidden (CSRF token missing.)",
        ),
        (
            "django.security.csrf",
            (f"Referer checking failed - {EMAIL} does not match.", "/"),
            403,
            "Forbidden (Referer checking failed)",
        ),
    ],
)
def test_djangos_refusals_name_the_status_and_no_path(
    logger: str, arguments: tuple[str, ...], status: int, wanted: str
) -> None:
    template = " ".join(["%s"] * len(arguments))
    assert said(logger, template, *arguments, status_code=status) == wanted


def test_an_exceptions_text_is_said_where_it_is_ours() -> None:
    assert described(ValueError(EMAIL)) == "ValueError"
    assert described(NoTenantBound("Bind.\nmore")) == "tenants.exceptions.NoTenantBound: Bind."
    assert described(ImproperlyConfigured("No.")) == "django.core.exceptions.ImproperlyConfigured: No."
    assert described(FileNotFoundError(2, "No such file", EMAIL)) == "FileNotFoundError: No such file"
    assert described(OperationalError(EMAIL)) == "django.db.utils.OperationalError"
    gone = psycopg.OperationalError("server closed the connection\nunexpectedly")
    assert described(gone) == "psycopg.OperationalError: server closed the connection"
    assert described(psycopg.DataError(EMAIL)) == "psycopg.DataError"


@pytest.mark.parametrize(
    ("code", "wanted"), [("AM001", "SQLSTATE AM001 Nobody acts."), ("22007", "SQLSTATE 22007")]
)
def test_of_postgresqls_errors_those_of_our_own_functions_speak(code: str, wanted: str) -> None:
    raising = (
        f"DO $$ BEGIN RAISE EXCEPTION 'Nobody acts.' USING ERRCODE = '{code}', DETAIL = '{EMAIL}'; END $$"
    )
    with (
        psycopg.connect(os.environ["AMANA_SUPERUSER_URL"]) as superuser,
        pytest.raises(psycopg.Error) as raised,
    ):
        superuser.execute(raising)
    assert described(raised.value).partition(": ")[2] == wanted


def test_the_causes_come_first_and_those_hidden_on_purpose_dont() -> None:
    try:
        try:
            raise KeyError(EMAIL)
        except KeyError as error:
            raise LookupError(EMAIL) from error
    except LookupError:
        shown = json.loads(JsonLine().format(record("keys.tasks", "x")))["traceback"].splitlines()
    assert [line for line in shown if not line.startswith(" ")] == ["KeyError", "LookupError"]
    try:
        try:
            raise KeyError(EMAIL)
        except KeyError:
            raise LookupError(EMAIL) from None
    except LookupError:
        shown = json.loads(JsonLine().format(record("keys.tasks", "x")))["traceback"].splitlines()
    assert [line for line in shown if not line.startswith(" ")] == ["LookupError"]


def test_what_nobody_catches_is_a_line_too() -> None:
    code = f"""
import threading, django
from config.logs.uncaught import catch_all
django.setup()
catch_all()
class Falling:
    def __del__(self): raise KeyError({EMAIL!r})
thread = threading.Thread(target=int, args=({EMAIL!r},))
thread.start()
thread.join()
Falling()
raise LookupError({EMAIL!r})
"""
    ended = python(code)
    lines = [json.loads(line) for line in ended.stdout.splitlines()]
    assert (ended.returncode, ended.stderr) == (1, "")
    assert [(line["message"], line["exception"]) for line in lines] == [
        ("Nobody caught it: the thread ends.", "ValueError"),
        ("Nobody could catch it.", "KeyError"),
        ("Nobody caught it: the process ends.", "LookupError"),
    ]
    assert EMAIL not in ended.stdout


@pytest.mark.parametrize(
    ("given", "form"),
    [
        ({}, "json"),
        ({"AMANA_ENV": "production"}, "json"),
        ({"AMANA_ENV": "embedded"}, "lines"),
        ({"AMANA_ENV": "embedded", "AMANA_LOG_FORMAT": "json"}, "json"),
        ({"AMANA_ENV": "production", "AMANA_LOG_FORMAT": "lines"}, "lines"),
        ({"AMANA_ENV": "embedded", "AMANA_LOG_FORMAT": "xml"}, "json"),
    ],
)
def test_production_speaks_json(given: dict[str, str], form: str) -> None:
    assert form_of(given) == form


def test_debugging_says_everything_in_one_line_a_sentence() -> None:
    try:
        raise ValueError(f"{EMAIL}\nforged")
    except ValueError:
        lines = ReadableLine(candid=True).format(record("some.library", "To %s", EMAIL)).splitlines()
    assert lines[0].endswith(f"To {EMAIL}")
    assert lines[-1] == f"    ValueError: {EMAIL}\\nforged"
