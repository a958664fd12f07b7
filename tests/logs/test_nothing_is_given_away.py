"""Secrets and people's data are planted, the real product is used in every way, and all its logs are searched."""

import base64
import json
import os
import re
from collections.abc import Iterator
from http.client import HTTPException
from urllib.parse import quote, quote_plus, unquote, urlsplit

import psycopg
import pytest
from django.conf import settings

from accounts.models import TotpDevice
from config.celery import app
from keys.data_keys import current_data_key
from tenants.binding import bound_to
from tests.logs.conftest import EMAIL, MISPLACED, NAME, PASSWORD, PHONE, WRONG, Site
from tests.logs.failing import WAYS
from tests.logs.product import servers_logs
from tests.support.authenticator import code_for

PII = f"{NAME} <{EMAIL}> {PHONE}"
ENVIRONMENT = (
    "AMANA_SECRET_KEY",
    "AMANA_ROLE_SECRET",
    "AMANA_IDENTITY_KEY",
    "AMANA_DATABASE_URL",
    "AMANA_KEYSTORE_URL",
    "AMANA_MASTER_KEY",
)


@pytest.fixture(scope="module")
def used(site: Site) -> Site:
    """After everything that people and tasks can do, well and badly."""
    _set_a_password(site)
    _sign_in(site)
    _work(site)
    _go_wrong(site)
    _speak_badly(site)
    _send_tasks(site)
    return site


def _sign_in(site: Site) -> None:
    """Once with a mistyped password, once in the place of the name, then rightly."""
    email = site.owner.email
    assert site.olivia.post("/sign-in/", email=email, password=WRONG).status == 422
    assert site.olivia.post("/sign-in/", email=MISPLACED, password=EMAIL).status == 422
    code_for(site.tenant, email)
    assert site.olivia.post("/sign-in/", email=email, password=PASSWORD).status == 302
    code = code_for(site.tenant, email)
    assert site.olivia.post("/second-factor/", code=code).status == 302
    site.secrets |= {*site.olivia.cookies.values()} | site.olivia.tokens


def _work(site: Site) -> None:
    person = {"kind": "person", "name": NAME, "email": EMAIL, "phone": PHONE, "version": "1"}
    saved = site.olivia.post("/contacts/new/", **person)
    assert saved.status == 302
    assert NAME in site.olivia.get(saved.headers["Location"]).body
    assert NAME in site.olivia.get(f"/contacts/?q={quote_plus(NAME)}").body
    refused = {**person, "phone": f"call {EMAIL}", "email": f"not {EMAIL}"}
    assert site.olivia.post("/contacts/new/", **refused).status == 422
    assert site.olivia.post(f"{saved.headers['Location']}edit/", **person, notes=PII).status == 302


def _go_wrong(site: Site) -> None:
    wanted = {"not_found": 404, "forbidden": 403, "bad": 400, "suspicious": 400, "by_saying_it": 200}
    for way in WAYS:
        answer = site.olivia.get(f"/fail/{way}/?words={quote_plus(PII)}")
        assert answer.status == wanted.get(way, 500)
    assert site.stranger.get(f"/{quote(PII)}/").status == 404
    assert site.stranger.get(f"/contacts/?q={quote_plus(PII)}").status == 302
    assert site.olivia.ask("POST", "/contacts/new/", f"name={quote_plus(PII)}").status == 403
    assert site.olivia.ask("BREW", f"/contacts/?q={quote(EMAIL)}").status == 403
    with pytest.raises((OSError, HTTPException)):
        site.olivia.get(f"/stream/?words={quote_plus(PII)}")


def _speak_badly(site: Site) -> None:
    host = site.tenant.primary_host
    for strange in (EMAIL, f"{EMAIL}@{host}", f"{host}/{quote(NAME)}", "fatimah.canary.example"):
        assert site.stranger.get("/", Host=strange).status in {400, 404}
    assert "400" in site.stranger.shout(f"GET /{PII} HTTP/1.1\r\nHost: {host}\r\n\r\n")
    assert "400" in site.stranger.shout(f"{EMAIL} / HTTP/1.1\r\nHost: {host}\r\n\r\n")
    assert "400" in site.stranger.shout(f"GET / HTTP/1.1\r\nHost: {host}\r\n{NAME}: {EMAIL}\r\n\r\n")
    forged = quote('/\r\n{"level": "FORGED"}\r\n' + EMAIL)
    assert (
        site.stranger.get(forged, **{"X-Request-ID": EMAIL, "User-Agent": PII, "Referer": PII}).status == 404
    )


def _send_tasks(site: Site) -> None:
    ids = {site.olivia.get(f"/send/?way={way}&words={quote_plus(PII)}").body for way in WAYS}
    with bound_to(site.tenant):
        app.send_task("nobody.knows.this", [PII], {"email": EMAIL})
    site.product.wait_for(lambda: ids <= _ended(site))
    site.product.wait_for(lambda: "Received unregistered task" in site.product.said())


def _ended(site: Site) -> set[str]:
    lines = [line for line in site.product.lines() if line["logger"] == "celery.app.trace"]
    return {line["task"] for line in lines if re.search("raised|succeeded", line["message"])}


def _set_a_password(site: Site) -> None:
    site.secrets |= {site.link.split("/")[3]}
    opened = site.stranger.get(site.link)
    assert opened.status == 302
    answer = site.stranger.post(opened.headers["Location"], new_password1=PASSWORD, new_password2=PASSWORD)
    assert answer.status == 302
    assert site.stranger.get(site.link, Referer=f"http://{site.tenant.primary_host}{site.link}").status == 410
    site.secrets |= {*site.stranger.cookies.values()} | site.stranger.tokens


def canaries(site: Site) -> dict[str, str]:
    """What must be nowhere, with a name for each that may be printed."""
    with bound_to(site.tenant):
        data_key = current_data_key().secret
        device_key = TotpDevice.objects.get().key
    secrets = {f"secret {number}": secret for number, secret in enumerate(sorted(site.secrets))}
    passwords = {"password": PASSWORD, "misplaced password": MISPLACED, "mistyped password": WRONG}
    pii = {
        "name": NAME,
        "family name": "Qahtani",
        "e-mail": EMAIL,
        "phone": PHONE,
        "phone's end": "555 01 99",
    }
    keys = {"data key": base64.b64encode(data_key).decode(), "data key in hex": data_key.hex()}
    keys |= {"key of the second factor": device_key}
    return secrets | passwords | pii | keys | dict(_of_the_environment())


def _of_the_environment() -> Iterator[tuple[str, str]]:
    for name in ENVIRONMENT:
        value = os.environ[name]
        yield name, unquote(urlsplit(value).password or "") if name.endswith("URL") else value.split(":")[-1]


def spellings(text: str) -> set[str]:
    """As it stands in a query, a path, JSON, a form, base64, or in Python's repr."""
    encoded = base64.b64encode(text.encode()).decode().rstrip("=")
    return {text, quote(text), quote_plus(text), json.dumps(text)[1:-1], repr(text)[1:-1], encoded}


def test_no_log_holds_a_secret_or_anybodys_data(used: Site) -> None:
    said = {"product": used.product.said(), "servers": servers_logs()}
    assert len(used.secrets) >= 4
    found = {
        (where, name)
        for where, text in said.items()
        for name, canary in canaries(used).items()
        for spelling in spellings(canary)
        if spelling.lower() in text.lower()
    }
    assert found == set()


def test_postgresql_speaks_of_its_start_and_of_no_statement(used: Site) -> None:
    log = servers_logs()
    assert "database system is ready to accept connections" in log
    assert [word for word in ("STATEMENT:", "DETAIL:", "CONTEXT:", "ERROR:") if word in log] == []


def test_every_line_is_json_with_the_same_fields(used: Site) -> None:
    lines = used.product.lines()
    assert len(lines) > 60
    fields = {"time", "level", "logger", "message", "tenant", "user", "request", "task"}
    assert [line for line in lines if not fields <= line.keys()] == []
    moment = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")
    assert [line["time"] for line in lines if not moment.fullmatch(line["time"])] == []
    assert {line["level"] for line in lines} <= {"INFO", "WARNING", "ERROR", "CRITICAL"}
    loggers = {line["logger"] for line in lines}
    assert loggers >= {
        "gunicorn.error",
        "celery.app.trace",
        "config.logs.requests",
        "django.request",
        "py.warnings",
    }


def test_nobody_can_forge_a_line(used: Site) -> None:
    assert [line for line in used.product.lines() if line["level"] == "FORGED"] == []
    [ours, *_] = [line for line in used.product.lines() if line["message"].startswith("One line")]
    assert ours["message"] == 'One line\n{"level": "FORGED"}\r\x1b[31mValueError'


def test_what_was_violated_is_named_and_where_but_not_by_which_value(used: Site) -> None:
    answer = used.olivia.get(f"/fail/uniquely/?words={quote_plus(EMAIL)}")
    [raised] = [line for line in used.product.about(answer.request) if "exception" in line]
    assert raised["message"] == "Internal Server Error"
    assert raised["exception"] == "django.db.utils.IntegrityError"
    assert (
        "psycopg.errors.UniqueViolation: SQLSTATE 23505 table accounts_user constraint" in raised["traceback"]
    )
    assert 'failing.py", line ' in raised["traceback"]
    assert ", in uniquely: User.objects.create(email=words" in raised["traceback"]


def test_the_settings_of_postgresql_are_in_force(databases: None) -> None:
    """Each is asked of the server, since the searches above see only what these tests provoke."""
    wanted = {
        "log_min_messages": "log",
        "log_min_error_statement": "panic",
        "log_error_verbosity": "terse",
        "log_statement": "none",
        "log_min_duration_statement": "-1",
        "log_parameter_max_length": "0",
        "log_parameter_max_length_on_error": "0",
    }
    with psycopg.connect(settings.AMANA_DATABASE_URL) as connection:
        shown = {name: connection.execute(f"SHOW {name}").fetchone() for name in wanted}
    assert {name: row[0] for name, row in shown.items() if row} == wanted
