"""Operators are written to, in their language, once and then daily; other machines get a signed message."""

import hashlib
import hmac
import json
import time
from collections.abc import Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import pytest
from django.conf import settings
from django.db.models import F
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from accounts.models import User
from audit.models import Alarm
from backups.alarming import telling, webhooks
from backups.alarming.kinds import AlarmKind
from backups.alarming.raising import end_alarm, raise_alarm
from backups.alarming.webhooks import NotTaken, post
from tenants.binding import CATALOG, bound_to
from tenants.models import Tenant
from tests.support import fleet
from tests.support.post import posted

pytestmark = pytest.mark.usefixtures("quiet")
SECRET = "a secret that only both ends of the webhook know 1234567890"


def told() -> list[tuple[str, str]]:
    """To whom, and about what, now."""
    with posted(CATALOG) as letters, bound_to(CATALOG):
        telling.tell()
    return sorted((letter.to[0], str(letter.subject)) for letter in letters)


def after(**ago: float) -> None:
    """As if they had been told so long ago."""
    with bound_to(CATALOG):
        Alarm.objects.exclude(told_at=None).update(told_at=timezone.now() - timedelta(**ago))


def test_whoever_may_see_backups_is_written_to_once_and_again_each_day(acme: Tenant, oscar: User) -> None:
    with bound_to(CATALOG):
        fleet.add_user("nadia@amana.example", "Nadia", "operator").assignments.all().delete()
    raise_alarm("drill", acme, "It failed at the step restore.")
    mine = ("oscar@amana.example", "Backups: a restore drill failed")
    assert told() == [mine]
    assert told() == []
    after(hours=23)
    assert told() == []
    after(hours=25)
    assert told() == [mine]
    end_alarm("drill", acme)
    after(hours=25)
    assert told() == []


def test_a_letter_names_the_customers_and_what_was_found(acme: Tenant, globex: Tenant, oscar: User) -> None:
    raise_alarm("drill", acme, "It failed at the step restore.")
    raise_alarm("drill", globex, "It failed at the step fetch.")
    with posted(CATALOG) as letters, bound_to(CATALOG):
        telling.tell()
    [letter] = letters
    assert "Customers: Acme, Globex" in letter.body
    assert "It failed at the step restore." in letter.body
    assert "http://operator." in letter.body
    html = str(letter.alternatives[0][0])  # type: ignore[attr-defined]
    assert "<bdi>Acme, Globex</bdi>" in html


def test_ten_thousand_stale_customers_are_one_letter(acme: Tenant, oscar: User) -> None:
    with bound_to(CATALOG):
        Alarm.objects.bulk_create(
            Alarm(kind="stale", database=f"t_{number}", says="Too old.") for number in range(50)
        )
    assert told() == [("oscar@amana.example", "Backups: the newest good copy is too old")]


def test_each_kind_has_words_of_its_own(oscar: User) -> None:
    for kind in AlarmKind:
        raise_alarm(kind, None, "Look at it.")
    subjects = {subject for _, subject in told()}
    assert len(subjects) == len(AlarmKind)
    assert all(subject.startswith("Backups: ") for subject in subjects)


class Listener:
    """A real server on this machine that keeps what it is sent, and answers as it is told to."""

    def __init__(self) -> None:
        self.heard: list[tuple[str, dict[str, str], bytes]] = []
        self.answers: list[int] = []
        listener = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                listener.heard.append((self.path, dict(self.headers), body))
                self.send_response(listener.answers.pop(0) if listener.answers else 204)
                self.send_header("Location", "/elsewhere")
                self.end_headers()

            def log_message(self, *_: Any) -> None:
                return

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/alarms?key=1"


@pytest.fixture
def listener(settings: Settings) -> Iterator[Listener]:
    listens = Listener()
    Thread(target=listens.server.serve_forever, daemon=True).start()
    settings.AMANA_ALARM_WEBHOOK, settings.AMANA_ALARM_SECRET = listens.url, SECRET
    yield listens
    listens.server.shutdown()
    listens.server.server_close()


def test_the_webhook_gets_what_opened_and_what_is_over_signed(acme: Tenant, listener: Listener) -> None:
    raise_alarm("drill", acme, "It failed at the step restore.")
    told()
    end_alarm("drill", acme)
    told()
    told()
    assert [path for path, _, _ in listener.heard] == ["/alarms?key=1"] * 2
    opened, closed = (json.loads(body) for _, _, body in listener.heard)
    [alarm] = opened["alarms"]
    assert (opened["form"], alarm["event"], alarm["kind"], alarm["tenant"], alarm["says"]) == (
        "amana alarms 1",
        "opened",
        "drill",
        "acme",
        "It failed at the step restore.",
    )
    assert closed["alarms"][0]["event"] == "closed"
    assert closed["alarms"][0]["alarm"] == alarm["alarm"]


def test_who_knows_the_secret_can_prove_each_message(acme: Tenant, listener: Listener) -> None:
    raise_alarm("drill", acme, "It failed at the step restore.")
    told()
    [(_, headers, body)] = listener.heard
    at, _, mac = headers["X-Amana-Signature"].removeprefix("t=").partition(",v1=")
    assert abs(time.time() - int(at)) < 60
    assert mac == hmac.new(SECRET.encode(), at.encode() + b"." + body, hashlib.sha256).hexdigest()


def a_minute_later() -> None:
    with bound_to(CATALOG):
        Alarm.objects.exclude(posted_at=None).update(posted_at=F("posted_at") - timedelta(seconds=60))


def events(listener: Listener) -> list[str]:
    return [each["event"] for _, _, body in listener.heard for each in json.loads(body)["alarms"]]


def test_what_a_webhook_doesnt_take_is_told_again_each_minute_until_it_does(
    acme: Tenant, listener: Listener
) -> None:
    listener.answers = [500, 503]
    raise_alarm("drill", acme, "It failed at the step restore.")
    told()
    told()
    assert events(listener) == ["opened"]
    for _ in range(4):
        a_minute_later()
        told()
    assert events(listener) == ["opened"] * 3
    assert len({body for _, _, body in listener.heard}) == 1


def test_a_pager_that_was_away_when_it_was_over_doesnt_stay_red(acme: Tenant, listener: Listener) -> None:
    """Nor does one that took the news and whose yes was lost."""
    raise_alarm("drill", acme, "It failed at the step restore.")
    listener.answers = [500]
    told()
    end_alarm("drill", acme)
    listener.answers = [500] * 20
    for _ in range(20):
        a_minute_later()
        told()
    assert events(listener) == ["opened", *["closed"] * 20]
    a_minute_later()
    told()
    a_minute_later()
    told()
    assert events(listener) == ["opened", *["closed"] * 21]


def test_letters_are_written_once_however_long_the_webhook_is_away(
    acme: Tenant, oscar: User, listener: Listener
) -> None:
    listener.answers = [500] * 3
    raise_alarm("drill", acme, "It failed at the step restore.")
    written = [len(told())]
    for _ in range(2):
        a_minute_later()
        written.append(len(told()))
    assert (written, len(listener.heard)) == ([1, 0, 0], 3)


def test_a_webhook_is_reminded_each_day_and_one_that_is_named_later_hears_nothing_of_before(
    acme: Tenant, listener: Listener, settings: Settings
) -> None:
    settings.AMANA_ALARM_WEBHOOK = ""
    raise_alarm("failed", acme, "It is over before anybody listens.")
    raise_alarm("drill", acme, "It failed at the step restore.")
    told()
    end_alarm("failed", acme)
    told()
    settings.AMANA_ALARM_WEBHOOK = listener.url
    told()
    assert listener.heard == []
    with bound_to(CATALOG):
        long_ago = timezone.now() - timedelta(hours=25)
        Alarm.objects.update(posted_at=long_ago, taken_at=long_ago)
        Alarm.objects.exclude(closed_at=None).update(closed_at=long_ago)
    told()
    told()
    assert events(listener) == ["reminder"]


@pytest.mark.parametrize("answer", [302, 404, 500])
def test_only_a_yes_counts_and_no_redirect_is_followed(listener: Listener, answer: int) -> None:
    listener.answers = [answer]
    with pytest.raises(NotTaken, match=str(answer)):
        post("{}")
    assert len(listener.heard) == 1


def test_a_webhook_that_is_silent_holds_nobody_up(
    listener: Listener, monkeypatch: pytest.MonkeyPatch, settings: Settings
) -> None:
    monkeypatch.setattr(webhooks, "SECONDS", 0.2)
    listener.server.shutdown()  # it still accepts, and says nothing
    started = time.monotonic()
    with pytest.raises(NotTaken, match="doesn't answer"):
        post("{}")
    assert time.monotonic() - started < 2


def test_without_a_webhook_only_letters_go_out(acme: Tenant, oscar: User, settings: Settings) -> None:
    settings.AMANA_ALARM_WEBHOOK = ""
    raise_alarm("drill", acme, "It failed at the step restore.")
    assert len(told()) == 1


def test_nothing_of_a_customer_but_its_short_name_and_id_goes_out(globex: Tenant, listener: Listener) -> None:
    with bound_to(CATALOG):
        Tenant.objects.filter(pk=globex.pk).update(name="Globex Secret Holdings")
    raise_alarm("failed", globex, "The daily copy of globex failed for good at attempt 6 (DumpFailed).")
    told()
    [(_, _, body)] = listener.heard
    assert b"Secret Holdings" not in body
    assert globex.schema_name.encode() not in body


@pytest.mark.parametrize(
    ("kind", "subject"),
    [
        ("anchors", "Backups: the activity log and its anchors don't agree"),
        ("unclaimed", "Backups: the storage holds copies that nobody knows"),
    ],
)
def test_what_the_storage_tells_against_us_has_words_of_its_own(
    acme: Tenant, oscar: User, oscar_client: Client, kind: str, subject: str
) -> None:
    raise_alarm(kind, acme, "Look at the storage.")
    assert told() == [("oscar@amana.example", subject)]
    assert "Look at the storage." in oscar_client.get("/").content.decode()


def test_the_letter_about_unclaimed_copies_leads_to_their_page(oscar: User) -> None:
    raise_alarm("unclaimed", None, "Whole copies that no row tells of: 1.")
    with posted(CATALOG) as letters, bound_to(CATALOG):
        telling.tell()
    [letter] = letters
    assert f"http://{settings.AMANA_OPERATOR_HOST}" in letter.body
    assert "/backups/unclaimed/" in letter.body
