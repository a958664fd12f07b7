"""The list as a file: asked for with a button, written in the background, handed out to whoever may export."""

import csv
from codecs import BOM_UTF8
from collections.abc import Callable
from io import StringIO

import pytest
from django.test import Client

from accounts.models import User
from audit.reading import read
from business.contacts import exporting
from business.contacts.exporting import COLUMNS
from business.contacts.models import Contact
from jobs.models import Job
from jobs.running import carry_out
from jobs.spreadsheets import harmless
from tenants.binding import bound_to
from tenants.models import Tenant
from tests.jobs.conftest import forget_jobs_of
from tests.support.fleet import signed_in


@pytest.fixture
def initech(new_tenant: Callable[..., Tenant]) -> Tenant:
    return new_tenant(name="Initech")


@pytest.fixture
def olivia_client(initech: Tenant, monkeypatch: pytest.MonkeyPatch) -> Client:
    """The owner's; the test itself is the worker."""
    monkeypatch.setattr("jobs.starting.send", lambda job, kind: False)
    with bound_to(initech):
        olivia = User.objects.get()
    return signed_in(initech, olivia)


def add(tenant: Tenant, *names: str, **values: str) -> list[Contact]:
    with bound_to(tenant):
        return [Contact.objects.create(name=name, **values) for name in names]


def exported(tenant: Tenant, client: Client, query: str = "") -> bytes:
    asked = client.post(f"/contacts/export/{query}")
    with bound_to(tenant):
        job = Job.objects.first()
    assert job
    assert asked["Location"] == f"/jobs/{job.pk}/"
    carry_out(tenant, job.pk)
    return b"".join(client.get(f"/jobs/{job.pk}/file/"))


def rows(content: bytes) -> list[dict[str, str]]:
    return [*csv.DictReader(StringIO(content.decode("utf-8-sig")))]


def test_it_holds_every_contact_of_any_script_by_age(initech: Tenant, olivia_client: Client) -> None:
    add(initech, "نخيل الرياض", "北京启明会展", city="a, “b”\nc")

    content = exported(initech, olivia_client)

    assert content.startswith(BOM_UTF8)
    assert content.decode("utf-8-sig").splitlines()[0] == ",".join(COLUMNS)
    assert [(row["name"], row["city"], row["kind"]) for row in rows(content)] == [
        ("نخيل الرياض", "a, “b”\nc", "person"),
        ("北京启明会展", "a, “b”\nc", "person"),
    ]


def test_it_holds_what_the_list_shows(initech: Tenant, olivia_client: Client) -> None:
    add(initech, "Ann", "Anton", city="Riyadh")
    add(initech, "Annex Ltd", kind="company")
    [gone] = add(initech, "Anna")
    with bound_to(initech):
        gone.archive(by=None)

    people = rows(exported(initech, olivia_client, "?q=ann&kind=person"))
    archived = rows(exported(initech, olivia_client, "?archived=1"))

    assert [row["name"] for row in people] == ["Ann"]
    assert [row["name"] for row in archived] == ["Anna"]


def test_more_than_a_chunk_is_whole_and_counted(
    initech: Tenant, olivia_client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exporting, "AT_ONCE", 3)
    add(initech, *(f"Contact {number}" for number in range(8)))

    found = rows(exported(initech, olivia_client))

    with bound_to(initech):
        job = Job.objects.get()
    page = olivia_client.get(f"/jobs/{job.pk}/").content.decode()
    assert [row["name"] for row in found] == [f"Contact {number}" for number in range(8)]
    assert (job.done, job.total, job.result) == (8, 8, {"contacts": 8})
    assert "Contacts in the file: 8." in page


@pytest.mark.sampled
@pytest.mark.parametrize("first", ["=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠"])
def test_no_cell_is_a_formula(initech: Tenant, olivia_client: Client, first: str) -> None:
    add(initech, f"{first}HYPERLINK(1)")

    [row] = rows(exported(initech, olivia_client))

    assert row["name"] == f"'{first}HYPERLINK(1)"


@pytest.mark.parametrize("cell", ["", "Ann-Marie", "'=1", "a=b", " =1"])
def test_any_other_cell_stays_as_it_is(cell: str) -> None:
    assert harmless(cell) == cell


def test_another_tenants_contacts_are_not_in_it_and_its_file_is_out_of_reach(
    initech: Tenant, olivia_client: Client, cast: dict[str, Tenant]
) -> None:
    globex = cast["globex"]
    [theirs] = add(globex, "Mallory's aunt")
    add(initech, "Ann")
    try:
        mine = rows(exported(initech, olivia_client))
        with bound_to(initech):
            job = Job.objects.get()
        with bound_to(globex):
            mallory = User.objects.get(email="mallory@globex.example")
        reached = signed_in(globex, mallory).get(f"/jobs/{job.pk}/file/")
    finally:
        with bound_to(globex):
            Contact.objects.filter(pk=theirs.pk).delete()
        forget_jobs_of(globex)

    assert [row["name"] for row in mine] == ["Ann"]
    assert reached.status_code == 404


def test_the_log_says_who_exported_how_many_and_who_fetched_the_file(
    initech: Tenant, olivia_client: Client
) -> None:
    add(initech, "Alice", "Bob")
    with bound_to(initech):
        olivia = User.objects.get()

    exported(initech, olivia_client)

    with bound_to(initech):
        wrote, fetched = (read(action=kind)[0] for kind in ("contacts.exported", "jobs.file_fetched"))
    assert (wrote.actor, wrote.details) == (f"user:{olivia.pk}", {"contacts": 2})
    assert (fetched.actor, fetched.details) == (f"user:{olivia.pk}", {"file": "contacts.csv"})


def test_the_list_offers_it_with_its_filter(alice_client: Client, acme: Tenant) -> None:
    add(acme, "Ann")

    page = alice_client.get("/contacts/?q=ann&after=x").content.decode()

    assert 'action="/contacts/export/?q=ann"' in page


def test_an_empty_list_offers_none(alice_client: Client) -> None:
    assert "/contacts/export/" not in alice_client.get("/contacts/?q=nobody").content.decode()


def test_it_is_only_posted(alice_client: Client) -> None:
    assert alice_client.get("/contacts/export/").status_code == 405


def test_whom_somebody_looked_for_is_said_to_nobody(initech: Tenant, olivia_client: Client) -> None:
    """The job knows it, in the tenant's own database; no page, no message and no log does."""
    add(initech, "Zanzibar")

    exported(initech, olivia_client, "?q=Zanzibar")

    with bound_to(initech):
        job = Job.objects.get()
        assert job.arguments == {"query": {"q": "Zanzibar"}}
        told = [(event.before, event.after, event.details, event.sentence) for event in read(1000)]
    assert "Zanzibar" not in str(told)
    for page in ("/jobs/", f"/jobs/{job.pk}/"):
        assert "Zanzibar" not in olivia_client.get(page).content.decode()
