"""Each request has a number, which stands in a header of its answer, on an error page, and in its lines."""

import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPException
from typing import Any

import pytest
from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.template.loader import render_to_string
from django.test import Client

from audit.context import acting_now
from audit.middleware import ActingMiddleware
from audit.request_ids import RequestIds, request_id
from tenants.models import Tenant
from tests.logs.conftest import Site
from tests.logs.visitor import Visitor

UUID7 = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")
PAGES = ["400", "403", "403_csrf", "404", "500", "503", "suspended"]


def page_in_a_request(template: str) -> tuple[str, str]:
    """The page as it is rendered while a request is answered, and the header of that answer."""
    answer = RequestIds(lambda _request: HttpResponse(render_to_string(f"{template}.html")))(HttpRequest())
    assert isinstance(answer, HttpResponse)
    return answer.content.decode(), answer["X-Request-ID"]


@pytest.mark.parametrize("template", PAGES)
def test_an_error_page_says_the_number_in_the_header(template: str) -> None:
    page, number = page_in_a_request(template)
    assert UUID7.fullmatch(number)
    assert f"Request <bdi><code>{number}</code></bdi>" in page
    assert ("tell us the request number" in page) == (template == "500")


@pytest.mark.parametrize("template", PAGES)
def test_without_a_request_it_says_none(template: str) -> None:
    page = render_to_string(f"{template}.html")
    assert "request-id" not in page
    assert "request number" not in page


@pytest.mark.parametrize(
    ("host", "path", "status"),
    [
        ("{tenant}", "/sign-in/", 200),
        ("{tenant}", "/contacts/", 302),
        ("{tenant}", "/nothing/", 404),
        ("{tenant}", "/static/css/base.css", 200),
        ("{operator}", "/sign-in/", 200),
        ("{public}", "/", 200),
        ("nobody.localhost", "/", 404),
        ("acme_.localhost", "/", 404),
        ("' OR 1=1", "/", 404),
    ],
)
def test_every_answer_has_a_number(acme: Tenant, catalog: None, host: str, path: str, status: int) -> None:
    hosts = {
        "tenant": acme.primary_host,
        "operator": settings.AMANA_OPERATOR_HOST,
        "public": settings.AMANA_PUBLIC_HOST,
    }
    answer = Client(headers={"host": host.format(**hosts)}).get(path)
    answer.close()
    assert answer.status_code == status
    assert UUID7.fullmatch(answer["X-Request-ID"])


def test_what_a_client_sends_as_a_number_is_ignored(acme_client: Client) -> None:
    theirs = "01890000-0000-7000-8000-000000000001"
    answers = [acme_client.get("/nothing/", headers={"x-request-id": theirs}) for _ in range(2)]
    numbers = {answer["X-Request-ID"] for answer in answers}
    assert len(numbers) == 2
    assert theirs not in numbers
    assert theirs not in answers[0].content.decode()


def test_the_activity_log_has_the_same_number() -> None:
    def view(_request: HttpRequest) -> HttpResponse:
        return HttpResponse(acting_now().request)

    answer = RequestIds(ActingMiddleware(view))(HttpRequest())
    assert isinstance(answer, HttpResponse)
    assert answer.content.decode() == answer["X-Request-ID"]


def test_after_the_request_there_is_none_even_where_it_failed() -> None:
    def exiting(_request: HttpRequest) -> HttpResponseBase:
        assert request_id()
        raise SystemExit

    page_in_a_request("404")
    assert request_id() == ""
    with pytest.raises(SystemExit):
        RequestIds(exiting)(HttpRequest())
    assert request_id() == ""


def test_a_stream_keeps_its_number_until_it_is_closed() -> None:
    def pieces() -> Iterator[str]:
        yield request_id()

    answer = RequestIds(lambda _request: StreamingHttpResponse(pieces()))(HttpRequest())
    assert isinstance(answer, StreamingHttpResponse)
    assert answer.getvalue().decode() == answer["X-Request-ID"]
    answer.close()
    assert request_id() == ""


def test_a_failed_requests_page_header_and_lines_have_one_number(site: Site) -> None:
    answer = site.stranger.get("/fail/plainly/?words=x")
    assert answer.status == 500
    assert f"Request <bdi><code>{answer.request}</code></bdi>" in answer.body
    raised, answered = site.product.about(answer.request)
    assert (raised["logger"], raised["exception"]) == ("django.request", "ValueError")
    assert (answered["logger"], answered["route"], answered["status"]) == (
        "config.logs.requests",
        "fail",
        500,
    )
    assert {raised["tenant"], answered["tenant"]} == {site.tenant.schema_name}


def test_the_page_of_an_unknown_host_and_its_line_have_one_number(site: Site) -> None:
    answer = site.stranger.get("/", Host="nobody.localhost")
    assert answer.request in answer.body
    [line] = site.product.about(answer.request)
    assert (line["status"], line["site"], line["tenant"], line["route"]) == (404, None, None, None)


def test_a_stream_has_its_line_at_its_end(site: Site) -> None:
    answer = site.stranger.get("/stream/")
    assert answer.body == "begun ended"
    site.product.wait_for(lambda: len(site.product.about(answer.request)) == 2)
    assert [line["message"] for line in site.product.about(answer.request)] == [
        "In the middle of a stream",
        "Answered",
    ]


def test_a_stream_that_breaks_says_so_under_its_number(site: Site) -> None:
    before = broken(site)
    with pytest.raises((OSError, HTTPException)):
        site.stranger.get("/stream/?words=x")
    site.product.wait_for(lambda: len(broken(site)) > len(before))
    line = broken(site)[-1]
    site.product.wait_for(lambda: len(site.product.about(line["request"])) == 3)
    assert (line["exception"], line["tenant"]) == ("ValueError", site.tenant.schema_name)


def broken(site: Site) -> list[dict[str, Any]]:
    return [line for line in site.product.lines() if line["message"] == "The answer broke off"]


def test_static_files_have_a_number_and_no_line(site: Site) -> None:
    answer = site.stranger.get("/static/css/base.css")
    assert answer.status == 200
    site.stranger.get("/nothing/")
    assert site.product.about(answer.request) == []


def test_threads_never_mix_numbers(site: Site) -> None:
    """Eight at a time; each page, header and line agrees, for people of two hosts."""

    def ask(turn: int) -> tuple[str, str | None, str]:
        host = site.tenant.primary_host if turn % 2 else "nobody.localhost"
        answer = Visitor(site.product.web.port, host).get(f"/{'fail/plainly/?words=x' if turn % 2 else ''}")
        return answer.request, site.tenant.schema_name if turn % 2 else None, answer.body

    with ThreadPoolExecutor(8) as threads:
        asked = [*threads.map(ask, range(80))]

    lines = site.product.lines()
    assert len({number for number, _, _ in asked}) == 80
    for number, tenant, page in asked:
        ours = [line for line in lines if line["request"] == number]
        assert number in page
        assert len(ours) == (2 if tenant else 1)
        assert {line["tenant"] for line in ours} == {tenant}


def test_a_task_carries_the_number_of_the_request_it_was_sent_in(site: Site) -> None:
    """So do the task that it sends, and that one's second try."""
    answer = site.stranger.get("/send/?way=plainly&words=x")

    def ended() -> bool:
        said = " ".join(line["message"] for line in site.product.about(answer.request))
        return "raised" in said and "succeeded" in said

    site.product.wait_for(ended)
    of_tasks = [line for line in site.product.about(answer.request) if line["task"]]
    at_work = next(line for line in of_tasks if line["message"] == "At work")
    assert (at_work["task"], at_work["tenant"]) == (answer.body, site.tenant.schema_name)
    assert len({line["task"] for line in of_tasks}) == 2
