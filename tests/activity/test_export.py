"""The log as a file: all that the filter shows, and who asked for it."""

import csv
import json
from codecs import BOM_UTF8
from collections.abc import Callable
from io import StringIO
from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from activity import exporting
from activity.exporting import COLUMNS
from audit.context import acting
from audit.reading import read
from audit.recording import record
from business.contacts.models import Contact
from jobs.models import Job
from jobs.running import carry_out
from tenants.binding import bound_to
from tenants.models import Tenant
from tests.support.fleet import add_user, signed_in


@pytest.fixture
def initech(new_tenant: Callable[..., Tenant]) -> Tenant:
    return new_tenant(name="Initech")


@pytest.fixture
def olivia(initech: Tenant) -> User:
    with bound_to(initech):
        return User.objects.get()


@pytest.fixture
def olivia_client(initech: Tenant, olivia: User, monkeypatch: pytest.MonkeyPatch) -> Client:
    """The owner's; the test itself is the worker."""
    monkeypatch.setattr("jobs.starting.send", lambda job, kind: False)
    return signed_in(initech, olivia)


def exported(tenant: Tenant, client: Client, query: str = "", form: str = "csv") -> bytes:
    client.post(f"/activity/export/{query}", {"format": form})
    with bound_to(tenant):
        job = Job.objects.first()
    assert job
    carry_out(tenant, job.pk)
    return b"".join(client.get(f"/jobs/{job.pk}/file/"))


def rows(content: bytes) -> list[dict[str, str]]:
    return [*csv.DictReader(StringIO(content.decode("utf-8-sig")))]


def lines(content: bytes) -> list[dict[str, Any]]:
    return [json.loads(line) for line in content.decode().splitlines()]


def test_both_forms_hold_the_same_events_whole(
    initech: Tenant, olivia: User, olivia_client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exporting, "AT_ONCE", 3)
    with bound_to(initech), acting(f"user:{olivia.pk}", ip="203.0.113.7", reason="Spring"):
        for number in range(8):
            record("contacts.exported", contacts=number)

    query = "?what=contacts.exported"
    spreadsheet = exported(initech, olivia_client, query)
    objects = lines(exported(initech, olivia_client, query, "jsonl"))

    assert spreadsheet.startswith(BOM_UTF8)
    assert spreadsheet.decode("utf-8-sig").splitlines()[0] == ",".join(COLUMNS)
    assert [row["sentence"] for row in rows(spreadsheet)] == [
        f"Olivia exported contacts: {number} of them" for number in reversed(range(8))
    ]
    assert [row["details"] for row in objects] == [{"contacts": number} for number in reversed(range(8))]
    assert [str(row["id"]) for row in objects] == [row["id"] for row in rows(spreadsheet)]
    assert {(row["name"], row["ip"], row["reason"]) for row in objects} == {
        ("Olivia", "203.0.113.7", "Spring")
    }


def test_a_contacts_name_and_what_is_masked_are_not_in_it(initech: Tenant, olivia_client: Client) -> None:
    with bound_to(initech):
        contact = Contact.objects.create(name="Zaphod", phone="0171")

    [row] = rows(exported(initech, olivia_client, f"?record={contact.pk}"))

    assert (row["action"], row["table"], row["record"]) == ("insert", "contacts_contact", str(contact.pk))
    assert "phone" in json.loads(row["masked"])
    for secret in ("Zaphod", "0171"):
        assert secret not in str(row)


def test_no_cell_is_a_formula(initech: Tenant, olivia_client: Client) -> None:
    with bound_to(initech), acting("test", reason="=HYPERLINK(1)"):
        record("contacts.exported", contacts=1)

    [row] = rows(exported(initech, olivia_client, "?what=contacts.exported"))

    assert row["reason"] == "'=HYPERLINK(1)"


def test_the_log_says_who_exported_how_many(initech: Tenant, olivia: User, olivia_client: Client) -> None:
    with bound_to(initech):
        record("contacts.exported", contacts=1)
        record("contacts.exported", contacts=2)

    exported(initech, olivia_client, "?what=contacts.exported")

    with bound_to(initech):
        [told] = read(action="activity.exported")
    assert (told.actor, told.details) == (f"user:{olivia.pk}", {"number": 2})


def test_who_may_read_may_not_export_yet(initech: Tenant, olivia_client: Client) -> None:
    with bound_to(initech):
        paula = add_user("paula@initech.example", "Paula", "privacy_officer")
    client = signed_in(initech, paula)

    page = client.get("/activity/")
    answer = client.post("/activity/export/", {"format": "csv"})

    assert page.status_code == 200
    assert "/activity/export/" not in page.content.decode()
    assert answer.status_code == 403
    with bound_to(initech):
        assert not Job.objects.exists()


def test_the_list_offers_it_with_its_filter(olivia_client: Client) -> None:
    page = olivia_client.get("/activity/?outcome=done&after=1000000").content.decode()

    assert 'action="/activity/export/?outcome=done"' in page


def test_it_is_only_posted_and_a_form_that_nobody_knows_is_the_first(
    initech: Tenant, olivia_client: Client
) -> None:
    assert olivia_client.get("/activity/export/").status_code == 405
    assert exported(initech, olivia_client, form="../x").startswith(BOM_UTF8)


def test_mallory_gets_neither_acmes_events_nor_the_file(
    initech: Tenant, olivia_client: Client, cast: dict[str, Tenant]
) -> None:
    content = exported(initech, olivia_client)
    with bound_to(initech):
        job = Job.objects.get()
    globex = cast["globex"]
    with bound_to(globex):
        mallory = User.objects.get(email="mallory@globex.example")

    assert "Mallory" not in content.decode()
    assert signed_in(globex, mallory).get(f"/jobs/{job.pk}/file/").status_code == 404
