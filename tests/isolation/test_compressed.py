"""What a browser gets compressed is whole, and is made by nobody but its tenant until its last byte."""

import gzip
from collections.abc import Iterator

import pytest
from django.http import StreamingHttpResponse
from django.test import Client, override_settings

from business.contacts.models import Contact
from tenants.binding import bound_to, is_bound
from tenants.models import Tenant
from tests.isolation import urls

COMPRESSED = {"Accept-Encoding": "gzip, deflate, br"}


@pytest.fixture
def _views() -> Iterator[None]:
    urls.ended.clear()
    with override_settings(ROOT_URLCONF="tests.isolation.urls"):
        yield


def pieces(response: object) -> Iterator[bytes]:
    assert isinstance(response, StreamingHttpResponse)
    assert response["Content-Encoding"] == "gzip"
    assert "Accept-Encoding" in response["Vary"]
    return iter(response)


def test_a_list_is_sent_compressed_to_who_can_read_that(alice_client: Client, acme: Tenant) -> None:
    with bound_to(acme):
        Contact.objects.bulk_create(Contact(kind="company", name=f"Company {number}") for number in range(50))
    plain = alice_client.get("/contacts/")

    response = alice_client.get("/contacts/", headers=COMPRESSED)

    assert not plain.has_header("Content-Encoding")
    assert "Accept-Encoding" in plain["Vary"]
    assert response["Content-Encoding"] == "gzip"
    assert int(response["Content-Length"]) == len(response.content) < len(plain.content) / 4
    page = gzip.decompress(response.content).decode()
    assert page.count('href="/contacts/') == plain.text.count('href="/contacts/') > 0


def test_a_pages_length_varies_by_more_than_a_guess_could_change_it(alice_client: Client) -> None:
    """A guess that a page reflects can't be told right by its being a byte shorter (BREACH)."""
    answers = (alice_client.get("/contacts/", headers=COMPRESSED) for _ in range(12))
    lengths = [len(answer.content) for answer in answers]
    assert max(lengths) - min(lengths) > 20


@pytest.mark.usefixtures("_views")
def test_a_compressed_stream_reads_its_tenants_rows_until_it_is_exhausted(
    acme_client: Client, acme: Tenant
) -> None:
    response = acme_client.get("/streaming/", headers=COMPRESSED)
    assert is_bound()

    lines = gzip.decompress(b"".join(pieces(response))).splitlines()

    assert len(lines) == urls.LINES
    assert {line.split(b" .")[0] for line in lines} == {b"Alice Bob Olivia"}
    assert urls.ended == [f"{acme.schema_name} Alice Bob Olivia"]
    assert not is_bound()


@pytest.mark.usefixtures("_views")
def test_a_compressed_stream_closed_half_way(acme_client: Client, acme: Tenant) -> None:
    response = acme_client.get("/streaming/", headers=COMPRESSED)
    body = pieces(response)
    assert next(body)
    assert next(body)
    assert is_bound()

    response.close()

    assert urls.ended == [f"{acme.schema_name} Alice Bob Olivia"]
    assert not is_bound()


@pytest.mark.usefixtures("_views")
def test_a_compressed_file_is_whole_and_closed(acme_client: Client) -> None:
    response = acme_client.get("/file/", headers=COMPRESSED)
    assert gzip.decompress(b"".join(pieces(response))) == b"Alice Bob Olivia" * 100_000
    assert not response.has_header("Content-Length")
    assert not is_bound()
