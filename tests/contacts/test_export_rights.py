"""A file is written with the rights that whoever asked for it has when it is written."""

from collections.abc import Callable

import pytest
from django.test import Client

from accounts.granting import end
from accounts.models import User
from audit.reading import read
from business.contacts.models import Contact
from jobs.models import Job
from jobs.running import carry_out
from tenants.binding import bound_to
from tenants.models import Tenant
from tests.contacts.test_contact_export import rows
from tests.support import fleet

VIEW, EXPORT, SEE = "contacts.contact:view", "contacts.contact:export", "contacts.contact:view_pii"


@pytest.fixture
def initech(new_tenant: Callable[..., Tenant], monkeypatch: pytest.MonkeyPatch) -> Tenant:
    """The test itself is the worker."""
    monkeypatch.setattr("jobs.starting.send", lambda job, kind: False)
    tenant = new_tenant(name="Initech")
    with bound_to(tenant):
        olivia = User.objects.get()
        Contact(name="Olivia's aunt", email="aunt@tea.example").create(by=olivia)
    return tenant


def person(tenant: Tenant, *codes: str, scope: str = "tenant") -> User:
    with bound_to(tenant):
        pete = User.objects.invite("pete@initech.example", "Pete")
        fleet.give(pete, *codes, scope=scope)
        return pete


def asked(tenant: Tenant, client: Client) -> Job:
    assert client.post("/contacts/export/").status_code == 302
    with bound_to(tenant):
        return Job.objects.get()


def ended(tenant: Tenant, job: Job) -> Job:
    carry_out(tenant, job.pk)
    with bound_to(tenant):
        job.refresh_from_db()
    return job


def file_of(client: Client, job: Job) -> list[dict[str, str]]:
    return rows(b"".join(client.get(f"/jobs/{job.pk}/file/")))


def test_what_is_out_of_scope_is_not_in_it(initech: Tenant) -> None:
    pete = person(initech, VIEW, EXPORT, SEE, scope="own")
    with bound_to(initech):
        Contact(name="Pete's uncle", email="uncle@tea.example").create(by=pete)
    client = fleet.signed_in(initech, pete)

    job = ended(initech, asked(initech, client))

    assert [(row["name"], row["email"]) for row in file_of(client, job)] == [
        ("Pete's uncle", "uncle@tea.example")
    ]


def test_without_the_right_to_see_it_personal_data_has_no_columns(initech: Tenant) -> None:
    client = fleet.signed_in(initech, person(initech, VIEW, EXPORT))

    [row] = file_of(client, ended(initech, asked(initech, client)))

    assert row["name"] == "Olivia's aunt"
    assert not {"email", "phone", "address", "tax_id", "notes"} & row.keys()


def test_personal_data_is_in_it_where_it_may_be_seen(initech: Tenant) -> None:
    pete = person(initech, VIEW, EXPORT)
    with bound_to(initech):
        fleet.give(pete, SEE, scope="own")
        Contact(name="Pete's uncle", email="uncle@tea.example").create(by=pete)
    client = fleet.signed_in(initech, pete)

    found = file_of(client, ended(initech, asked(initech, client)))

    assert [(row["name"], row["email"]) for row in found] == [
        ("Olivia's aunt", ""),
        ("Pete's uncle", "uncle@tea.example"),
    ]


@pytest.mark.parametrize(
    ("lose", "words"),
    [
        (lambda pete: end(pete.assignments.get(), None, "moved"), "may not do this any more"),
        (lambda pete: User.objects.filter(pk=pete.pk).update(is_active=False), "can't sign in any more"),
    ],
    ids=["the right is lost", "deactivated"],
)
def test_a_right_that_was_lost_meanwhile_ends_it_in_words(
    initech: Tenant, lose: Callable[[User], object], words: str
) -> None:
    pete = person(initech, VIEW, EXPORT)
    job = asked(initech, fleet.signed_in(initech, pete))
    with bound_to(initech):
        lose(pete)

    job = ended(initech, job)

    assert (job.state, job.file) == (Job.State.FAILED, "")
    assert words in job.error
    with bound_to(initech):
        assert read(action="contacts.exported") == []


def test_a_file_is_not_handed_out_once_the_right_is_lost(initech: Tenant) -> None:
    pete = person(initech, VIEW, EXPORT)
    client = fleet.signed_in(initech, pete)
    job = ended(initech, asked(initech, client))
    with bound_to(initech):
        end(pete.assignments.get(), None, "moved")

    assert client.get(f"/jobs/{job.pk}/file/").status_code == 403

    with bound_to(initech):
        assert read(action="jobs.file_fetched") == []


@pytest.mark.parametrize(
    ("codes", "scope"), [((VIEW, EXPORT), "tenant"), ((VIEW, EXPORT, SEE), "own"), ((VIEW,), "tenant")]
)
def test_what_somebody_with_more_rights_exported_is_not_there(
    initech: Tenant, codes: tuple[str, ...], scope: str
) -> None:
    with bound_to(initech):
        olivia = User.objects.get()
    job = ended(initech, asked(initech, fleet.signed_in(initech, olivia)))
    pete = fleet.signed_in(initech, person(initech, *codes, scope=scope))

    assert str(job.pk) not in pete.get("/jobs/").content.decode()
    assert pete.get(f"/jobs/{job.pk}/").status_code == 404
    assert pete.get(f"/jobs/{job.pk}/file/").status_code == 404
