"""Pages that may be asked for so often: more is answered 429, in words, and told once."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from django.urls import path

from access.declaring import open_to_strangers
from accounts.limits import limiting
from accounts.limits.counting import take
from accounts.limits.limiting import limited
from accounts.limits.rates import RATES, Rate
from accounts.models import Counted
from audit.addresses import client_address
from tenants.binding import bound_to
from tenants.models import Tenant
from tests.audit.looking import Line, lines, newest
from tests.limits.trying import HERE, THERE, later

LINK = "/set-password/x/y/"


@open_to_strangers
@limited("forgot-password")
def asking(_request: HttpRequest) -> HttpResponse:
    return HttpResponse("sent")


@open_to_strangers
@limited("set-password")
def failing(_request: HttpRequest) -> HttpResponse:
    with transaction.atomic():
        raise ZeroDivisionError


urlpatterns = [path("asking/", asking), path("failing/", failing)]


@pytest.fixture
def pages(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """The pages above, with limits that are soon reached."""
    settings.ROOT_URLCONF = __name__
    rates = {
        "forgot-password": {"ip": Rate(4, 60), "address": Rate(2, 600)},
        "set-password": {"ip": Rate(2, 60)},
    }
    monkeypatch.setattr("accounts.limits.counting.RATES", rates)
    monkeypatch.setattr(limiting, "RATES", rates)


def ask(client: Client, email: str, ip: str = HERE) -> int:
    return client.post("/asking/", {"email": email}, REMOTE_ADDR=ip).status_code


@pytest.mark.usefixtures("pages")
def test_one_address_is_asked_for_so_often_from_wherever(acme_client: Client) -> None:
    assert [ask(acme_client, "alice@acme.example", f"10.0.0.{number}") for number in range(3)] == [
        200,
        200,
        429,
    ]
    assert ask(acme_client, " ALICE@acme.example ", THERE) == 429
    assert ask(acme_client, "bob@acme.example", THERE) == 200


@pytest.mark.usefixtures("pages")
def test_one_spot_asks_so_often_for_whomever_and_uses_up_nobodys_turn(acme_client: Client) -> None:
    answers = [
        ask(acme_client, f"{name}@acme.example") for name in ("a", "b", "c", "d", "alice", "alice", "alice")
    ]
    assert answers == [200] * 4 + [429] * 3
    assert ask(acme_client, "alice@acme.example", THERE) == 200


@pytest.mark.usefixtures("pages")
def test_it_is_said_in_words_and_when_to_come_back(acme_client: Client) -> None:
    for _ in range(2):
        ask(acme_client, "alice@acme.example")
    answer = acme_client.post("/asking/", {"email": "alice@acme.example"}, REMOTE_ADDR=HERE)
    assert (answer.status_code, answer["Retry-After"]) == (429, "600")
    assert "That was too often" in answer.content.decode()
    assert "Wait <bdi>10\N{NO-BREAK SPACE}mins</bdi>, then try again." in answer.content.decode()


@pytest.mark.usefixtures("pages")
def test_it_is_told_once_a_span(acme: Tenant, acme_client: Client) -> None:
    before = newest(acme)
    for _ in range(6):
        ask(acme_client, "alice@acme.example", THERE)
    words = "Requests were paused, for there were too many of them: forgot-password"
    told = Line("accounts.limited", "refused", "anonymous", words)
    assert set(lines(acme, before)) == {told}
    assert len(lines(acme, before)) == 2  # by address, and by spot
    later(acme, timedelta(seconds=600))
    for _ in range(3):
        ask(acme_client, "alice@acme.example", THERE)
    assert len(lines(acme, before)) == 3


@pytest.mark.usefixtures("pages")
def test_it_ends(acme: Tenant, acme_client: Client) -> None:
    for _ in range(4):
        ask(acme_client, "alice@acme.example")
    later(acme, timedelta(seconds=601))
    assert ask(acme_client, "alice@acme.example") == 200


@pytest.mark.usefixtures("pages")
def test_another_tenant_counts_for_itself(acme_client: Client, globex_client: Client) -> None:
    assert [ask(globex_client, "alice@acme.example") for _ in range(3)] == [200, 200, 429]
    assert ask(acme_client, "alice@acme.example") == 200


@pytest.mark.usefixtures("pages")
def test_looking_at_a_form_is_free(acme_client: Client) -> None:
    assert {acme_client.get("/asking/").status_code for _ in range(6)} == {200}


@pytest.mark.usefixtures("pages")
def test_a_request_that_fails_and_is_rolled_back_is_counted(acme_client: Client) -> None:
    acme_client.raise_request_exception = False
    assert [acme_client.post("/failing/").status_code for _ in range(3)] == [500, 500, 429]


def test_links_to_set_a_password_cannot_be_guessed_at_leisure(acme: Tenant, acme_client: Client) -> None:
    times = RATES["set-password"]["ip"].times
    with bound_to(acme):
        for _ in range(times - 2):
            take("set-password", "ip", HERE)
    answers = [acme_client.get(LINK, REMOTE_ADDR=HERE).status_code for _ in range(4)]
    assert answers == [410, 410, 429, 429]
    assert acme_client.get(LINK, REMOTE_ADDR=THERE).status_code == 410


def test_what_is_counted_is_kept_as_a_hash_and_removed_when_it_is_over(acme: Tenant) -> None:
    with bound_to(acme):
        take("forgot-password", "address", "alice@acme.example")
        [row] = Counted.objects.values()
        assert row["limit"] == "forgot-password by address"
        assert "alice" not in str(row)
    later(acme, timedelta(hours=1))
    with bound_to(acme):
        take("forgot-password", "ip", HERE)
        assert Counted.objects.get().limit == "forgot-password by ip"


def test_a_count_that_could_be_rolled_back_is_refused(acme: Tenant) -> None:
    with bound_to(acme), transaction.atomic(), pytest.raises(RuntimeError, match="durable"):
        take("forgot-password", "ip", HERE)


@pytest.mark.parametrize(
    ("proxies", "forwarded", "address"),
    [
        (0, "203.0.113.9", "192.0.2.1"),
        (0, "", "192.0.2.1"),
        (1, "203.0.113.9", "203.0.113.9"),
        (1, "8.8.8.8, 203.0.113.9", "203.0.113.9"),
        (2, "8.8.8.8, 203.0.113.9, 10.0.0.1", "203.0.113.9"),
        (2, "203.0.113.9", "192.0.2.1"),
        (1, "", "192.0.2.1"),
        (1, "nonsense", "192.0.2.1"),
        (1, "::ffff:203.0.113.9", "203.0.113.9"),
        (1, "2001:DB8::1", "2001:db8::1"),
    ],
)
def test_a_header_is_believed_of_so_many_proxies_and_no_more(
    settings: Any, proxies: int, forwarded: str, address: str
) -> None:
    settings.AMANA_TRUSTED_PROXIES = proxies
    sent: dict[str, Any] = {"HTTP_X_FORWARDED_FOR": forwarded} if forwarded else {}
    assert client_address(RequestFactory().get("/", REMOTE_ADDR="192.0.2.1", **sent)) == address
