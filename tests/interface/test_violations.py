"""What browsers report is counted where operators see it, and Mallory gets nothing out of it."""

import gzip
import json
from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings
from django.core.cache import caches
from django.test import Client
from redis.exceptions import ConnectionError as Away

from accounts.models import User
from interface import models, violations
from interface.models import PolicyViolation
from tenants.binding import CATALOG, bound_to, is_bound
from tenants.models import Tenant
from tests.audit.looking import Line, lines, newest

REPORTS = "/csp-reports/"
SECRET = "hunter2"
CONTACT = "http://acme.localhost:8000/contacts/0197fe1c-7a3b-7c55-9d1e-000000000001/"
Rows = list[tuple[str, str, str, str, int]]


@pytest.fixture(autouse=True)
def _afresh(acme: Tenant, globex: Tenant, catalog: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr("tenants.hosts._recall", lambda _host: ("", None))
    monkeypatch.setattr(violations, "this_minute", lambda: 0)
    hosts = ("acme.localhost", "globex.localhost", settings.AMANA_PUBLIC_HOST, settings.AMANA_OPERATOR_HOST)
    yield
    caches["platform"].delete_many([f"reports:{host}:{minute}" for host in hosts for minute in (0, 1)])


def old(page: str = CONTACT, blocked: Any = "inline", directive: str = "script-src-elem") -> bytes:
    report = {"document-uri": page, "blocked-uri": blocked, "effective-directive": directive}
    samples = {
        "script-sample": SECRET,
        "referrer": f"http://acme.localhost/?q={SECRET}",
        "source-file": SECRET,
    }
    return json.dumps({"csp-report": {**report, **samples}}).encode()


def new(*directives: str, kind: str = "csp-violation") -> bytes:
    bodies = [
        {
            "documentURL": CONTACT,
            "blockedURL": "https://evil.example/x.js?secret",
            "effectiveDirective": directive,
        }
        for directive in directives
    ]
    return json.dumps(
        [{"type": kind, "user_agent": SECRET, "url": CONTACT, "body": body} for body in bodies]
    ).encode()


def send(host: str, body: bytes, form: str = "application/csp-report") -> int:
    """Nobody is signed in, and no token is sent."""
    client = Client(SERVER_NAME=host, enforce_csrf_checks=True, raise_request_exception=False)
    status = client.post(REPORTS, body, content_type=form).status_code
    assert not is_bound()
    return int(status)


def rows() -> Rows:
    with bound_to(CATALOG):
        found = PolicyViolation.objects.seen().order_by("pk")
        return [*found.values_list("host", "directive", "blocked", "page", "count")]


def test_a_report_of_the_old_form(acme: Tenant) -> None:
    assert send(acme.primary_host, old()) == 204
    assert rows() == [("acme.localhost", "script-src-elem", "inline", "/contacts/<uuid:pk>/", 1)]


def test_reports_of_the_new_form_come_together(acme: Tenant) -> None:
    assert send(acme.primary_host, new("img-src", "style-src-elem"), "application/reports+json") == 204
    assert [row[1:] for row in rows()] == [
        ("img-src", "https://evil.example", "/contacts/<uuid:pk>/", 1),
        ("style-src-elem", "https://evil.example", "/contacts/<uuid:pk>/", 1),
    ]


def test_reports_of_other_matters_are_passed_over(acme: Tenant) -> None:
    assert send(acme.primary_host, new("img-src", kind="deprecation"), "application/reports+json") == 204
    assert rows() == []


@pytest.mark.parametrize("host", [settings.AMANA_PUBLIC_HOST, settings.AMANA_OPERATOR_HOST])
def test_our_own_sites_report_too(host: str) -> None:
    assert send(host, old(page=f"http://{host}/")) == 204
    assert rows() == [(host, "script-src-elem", "inline", "/", 1)]


def test_the_same_again_is_counted_and_makes_no_row(acme: Tenant) -> None:
    assert [send(acme.primary_host, old()) for _ in range(3)] == [204, 204, 204]
    assert [row[-1] for row in rows()] == [3]


@pytest.mark.parametrize(
    ("blocked", "kept"),
    [
        ("inline", "inline"),
        ("data", "data"),
        ("data:text/html,hunter2", "data"),
        ("https://alice:hunter2@evil.example:8443/hunter2?q=hunter2#hunter2", "https://evil.example:8443"),
        ("chrome-extension://hunter2/x.js", "chrome-extension"),
        ("hunter2", "…"),
        ("hunter2://x", "…"),
        ("https://[::1", "…"),
        ("https://hunter2 <b>/", "…"),
        ("https://evil.example:hunter2/", "…"),
        (None, "…"),
        (["hunter2"], "…"),
    ],
)
def test_of_what_was_blocked_a_word_or_a_host_is_kept(acme: Tenant, blocked: object, kept: str) -> None:
    assert send(acme.primary_host, old(blocked=blocked)) == 204
    assert [row[2] for row in rows()] == [kept]


@pytest.mark.parametrize(
    ("page", "kept"),
    [
        ("http://acme.localhost/contacts/?q=hunter2#hunter2", "/contacts/"),
        ("http://acme.localhost/set-password/Mg/hunter2/", "/set-password/<uidb64>/<token>/"),
        ("http://acme.localhost/files/hunter2/", "/files/<str:token>/"),
        ("http://acme.localhost/hunter2/", "…"),
        ("http://[hunter2", "…"),
        ("hunter2", "…"),
    ],
)
def test_of_a_page_its_pattern_is_kept(acme: Tenant, page: str, kept: str) -> None:
    assert send(acme.primary_host, old(page=page)) == 204
    assert [row[3] for row in rows()] == [kept]
    assert SECRET not in str(rows())


@pytest.mark.parametrize(
    "odd", ["\ud800", "\0", "http://a\0b.example/", "http://a.example\u2100/", "9" * 7000]
)
def test_odd_signs_are_not_kept(acme: Tenant, odd: str) -> None:
    assert send(acme.primary_host, old(page=f"http://acme.localhost/{odd}", blocked=odd)) == 204
    assert [row[2:4] for row in rows()] == [("…", "…")]


def test_a_packed_report_is_not_unpacked(acme: Tenant) -> None:
    client = Client(SERVER_NAME=acme.primary_host, headers={"Content-Encoding": "gzip"})
    body = gzip.compress(old())
    assert client.post(REPORTS, body, content_type="application/csp-report").status_code == 400
    assert rows() == []


def test_mallory_cannot_say_that_it_was_at_another_tenant(acme: Tenant, globex: Tenant) -> None:
    assert send(globex.primary_host, old(page="http://acme.localhost/contacts/")) == 204
    assert [row[0] for row in rows()] == ["globex.localhost"]


def test_mallory_s_rows_end_at_the_limit(
    acme: Tenant, globex: Tenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(models, "DISTINCT", 3)
    for number in range(6):
        assert send(globex.primary_host, old(blocked=f"https://{number}.example/")) == 204
    assert send(globex.primary_host, old(blocked="https://1.example/")) == 204
    assert sorted((row[0], row[2], row[-1]) for row in rows()) == [
        ("", "", 3),
        ("globex.localhost", "https://0.example", 1),
        ("globex.localhost", "https://1.example", 2),
        ("globex.localhost", "https://2.example", 1),
    ]


def test_mallory_s_flood_is_answered_and_forgotten_and_takes_nothing_from_acme(
    acme: Tenant, globex: Tenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(violations, "A_MINUTE", 2)
    assert {send(globex.primary_host, old()) for _ in range(5)} == {204}
    assert send(acme.primary_host, old()) == 204
    assert [(row[0], row[-1]) for row in rows()] == [("globex.localhost", 2), ("acme.localhost", 1)]


def test_each_minute_counts_for_itself_so_that_a_flood_silences_no_later_one(
    acme: Tenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(violations, "A_MINUTE", 1)
    assert [send(acme.primary_host, old()) for _ in range(3)] == [204, 204, 204]
    monkeypatch.setattr(violations, "this_minute", lambda: 1)
    assert send(acme.primary_host, old()) == 204
    assert [row[-1] for row in rows()] == [2]


def test_mallory_s_rows_make_room_for_acme_s(
    acme: Tenant, globex: Tenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(models, "DISTINCT", 4)
    for number in range(6):
        assert send(globex.primary_host, old(blocked=f"https://{number}.example/")) == 204
    for number in range(3):
        assert send(acme.primary_host, old(blocked=f"https://{number}.example/")) == 204
    assert sorted((row[0], row[2], row[-1]) for row in rows()) == [
        ("", "", 5),
        ("acme.localhost", "https://0.example", 1),
        ("acme.localhost", "https://1.example", 1),
        ("globex.localhost", "https://2.example", 1),
        ("globex.localhost", "https://3.example", 1),
    ]


def test_a_crowd_of_reports_in_one_body_is_cut(acme: Tenant) -> None:
    assert send(acme.primary_host, new(*["img-src"] * 50), "application/reports+json") == 204
    assert [row[-1] for row in rows()] == [10]


def test_without_valkey_nothing_is_kept_and_nothing_fails(
    acme: Tenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_: object, **__: object) -> None:
        raise Away

    monkeypatch.setattr(type(caches["platform"]), "add", away)
    assert send(acme.primary_host, old()) == 204
    assert rows() == []


@pytest.mark.parametrize(
    ("body", "form", "status"),
    [
        (b"x" * (16 * 1024 + 1), "application/csp-report", 413),
        (b"hunter2", "application/csp-report", 400),
        (b"[" * 16000, "application/csp-report", 400),
        (b"[]", "application/csp-report", 400),
        (b'{"csp-report": "hunter2"}', "application/csp-report", 400),
        (b'{"csp-report": {}}', "application/csp-report", 400),
        (old(directive="hunter2"), "application/csp-report", 400),
        (old(directive=""), "application/csp-report", 400),
        (b"{}", "application/reports+json", 400),
        (b"[1]", "application/reports+json", 400),
        (b"\xff\xfe\x00", "application/reports+json", 400),
        (old(), "text/plain", 415),
        (old(), "application/x-www-form-urlencoded", 415),
        (old(), "application/json", 415),
    ],
)
def test_what_is_no_report_is_refused_in_few_words(acme: Tenant, body: bytes, form: str, status: int) -> None:
    client = Client(SERVER_NAME=acme.primary_host)
    response = client.post(REPORTS, body, content_type=form)
    assert response.status_code == status
    assert len(response.content) < 60
    assert SECRET.encode() not in response.content
    assert not response.cookies
    assert rows() == []


@pytest.mark.parametrize("method", ["get", "put", "delete", "options", "head"])
def test_reports_are_only_posted(acme: Tenant, method: str) -> None:
    response = getattr(Client(SERVER_NAME=acme.primary_host), method)(REPORTS)
    assert (response.status_code, response["Allow"]) == (405, "POST")


def test_an_unknown_host_has_no_such_address(databases: None) -> None:
    assert send("nobody.localhost", old()) == 404
    assert send("acme.localhost.evil.example", old()) == 404
    assert rows() == []


@pytest.mark.parametrize(("state", "status"), [("suspended", 503), ("closed", 404)])
def test_a_site_that_is_not_served_reports_nothing(acme: Tenant, state: str, status: int) -> None:
    with bound_to(CATALOG):
        Tenant.objects.filter(pk=acme.pk).update(state=state)
    assert send(acme.primary_host, old()) == status
    assert rows() == []


def test_operators_see_what_was_refused(acme: Tenant, oscar_client: Client) -> None:
    send(acme.primary_host, old(blocked="https://evil.example/x.js"))

    page = oscar_client.get("/policy-reports/").content.decode()

    for told in ("script-src-elem", "https://evil.example", "/contacts/&lt;uuid:pk&gt;/", "acme.localhost"):
        assert f">{told}</" in page


def test_nothing_refused_is_said(oscar_client: Client) -> None:
    page = oscar_client.get("/policy-reports/").content.decode()
    assert "Nothing was refused" in page
    assert "<table" not in page
    assert "/policy-reports/forget/" not in page


def test_it_is_forgotten_once_it_was_confirmed(acme: Tenant, oscar: User, oscar_client: Client) -> None:
    send(acme.primary_host, old())
    before = newest(CATALOG)

    question = oscar_client.get("/policy-reports/forget/")
    assert "1 line is deleted" in question.content.decode()
    assert len(rows()) == 1

    answer = oscar_client.post("/policy-reports/forget/", follow=True)
    assert answer.redirect_chain == [("/policy-reports/", 302)]
    assert "What browsers refused so far is forgotten." in answer.content.decode()
    assert rows() == []
    who = f"operator:{oscar.pk}"
    words = f"{who} forgot what browsers refused (rows: 1)"
    assert lines(CATALOG, before) == [Line("interface.policy_reports_forgotten", "done", who, words)]


@pytest.mark.parametrize("where", ["/policy-reports/", "/policy-reports/forget/"])
@pytest.mark.parametrize("method", ["get", "post"])
def test_nobody_else_sees_or_forgets(
    acme: Tenant, operator_client: Client, alice_client: Client, where: str, method: str
) -> None:
    send(acme.primary_host, old())

    assert getattr(operator_client, method)(where)["Location"] == f"/sign-in/?next={where}"
    assert getattr(alice_client, method)(where).status_code == 404
    assert len(rows()) == 1
