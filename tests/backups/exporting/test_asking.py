"""Who asks for an export, with which key, and who gets at it."""

from collections.abc import Callable

import pyrage
import pytest
from django.test import Client
from django.utils import timezone

from accounts.granting import end
from accounts.models import User
from audit.reading import read
from backups.exceptions import ExportRefused
from backups.exporting.sealing import checked_recipient
from jobs.models import Job
from jobs.running import carry_out
from tenants.binding import bound_to
from tenants.models import Tenant
from tests.backups.exporting.conftest import PURPOSE, Opened, ended
from tests.keys.conftest import make_tables
from tests.support import fleet

RECIPIENT = str(pyrage.x25519.Identity.generate().to_public())
SECRET = str(pyrage.x25519.Identity.generate())
WRONG = [
    (SECRET, "secret half"),
    (SECRET.lower(), "secret half"),
    ("ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI", "SSH key"),
    ("hello", "begins with age1"),
    (RECIPIENT[:-1], "62 letters"),
    (f"{RECIPIENT} {RECIPIENT}", "62 letters"),
    (RECIPIENT[:-1] + ("q" if RECIPIENT[-1] != "q" else "p"), "wrong or missing"),
]


@pytest.mark.parametrize(("typed", "words"), WRONG)
def test_what_is_no_public_key_is_refused_in_words(
    initech: Tenant, olivia_client: Client, typed: str, words: str
) -> None:
    answer = olivia_client.post("/exports/new/", {"recipient": typed, "purpose": PURPOSE})

    assert answer.status_code == 422
    page = answer.content.decode()
    assert words in page
    assert PURPOSE in page
    assert SECRET not in page
    assert SECRET.lower() not in page
    with bound_to(initech):
        assert not Job.objects.exists()
        assert read(action="backups.data_export_asked") == [] or all(
            SECRET not in str(event) for event in read(action="backups.data_export_asked")
        )


def test_a_key_is_taken_as_it_was_copied() -> None:
    assert checked_recipient(f"  {RECIPIENT.upper()}\n") == RECIPIENT
    with pytest.raises(ExportRefused):
        checked_recipient("")


def test_a_purpose_is_said_in_a_sentence(initech: Tenant, olivia_client: Client) -> None:
    answer = olivia_client.post("/exports/new/", {"recipient": RECIPIENT, "purpose": "why not"})

    assert answer.status_code == 422
    assert "Say it in a sentence" in answer.content.decode()
    assert RECIPIENT in answer.content.decode()
    with bound_to(initech):
        assert not Job.objects.exists()


def test_one_at_a_time(initech: Tenant, olivia_client: Client, asked: Callable[[], Job]) -> None:
    asked()

    answer = olivia_client.post("/exports/new/", {"recipient": RECIPIENT, "purpose": PURPOSE})

    assert answer.status_code == 409
    assert "is being made already" in answer.content.decode()
    with bound_to(initech):
        assert Job.objects.count() == 1


def test_it_is_listed_with_its_purpose(
    initech: Tenant, olivia_client: Client, export: Callable[[], Opened]
) -> None:
    export()
    with bound_to(initech):
        job = Job.objects.get()

    listed = olivia_client.get("/exports/").content.decode()
    page = olivia_client.get(f"/exports/{job.pk}/").content.decode()

    assert PURPOSE in listed
    assert f"/exports/{job.pk}/file/" in page
    assert "age -d -i amana-export.key" in page
    assert job.arguments["recipient"] in page


def test_what_waits_is_cancelled(initech: Tenant, olivia_client: Client, asked: Callable[[], Job]) -> None:
    job = asked()

    olivia_client.post(f"/exports/{job.pk}/cancel/")
    carry_out(initech, job.pk)

    assert (ended(initech, job).state, ended(initech, job).file) == ("cancelled", "")
    with bound_to(initech):
        assert read(action="backups.data_export_cancelled", object_id=str(job.pk))[0].reason == ""
    assert olivia_client.get(f"/exports/{job.pk}/file/").status_code == 404
    assert olivia_client.post(f"/exports/{job.pk}/cancel/").status_code == 409


def test_it_is_one_file_and_may_be_fetched_again(
    initech: Tenant, olivia_client: Client, export: Callable[[], Opened], identity: pyrage.x25519.Identity
) -> None:
    """A connection may break; each download is an event (decision 0078)."""
    first = export()
    with bound_to(initech):
        job = Job.objects.get()

    again = Opened(b"".join(olivia_client.get(f"/exports/{job.pk}/file/")), identity)

    assert again.zip.namelist() == first.zip.namelist()
    with bound_to(initech):
        assert len(read(action="backups.data_export_fetched", object_id=str(job.pk))) == 2


def test_whoever_may_only_look_cancels_none_by_the_general_page(
    initech: Tenant, asked: Callable[[], Job]
) -> None:
    with bound_to(initech):
        vera = fleet.add_user("vera@initech.example", "Vera", "accountant")
        fleet.give(vera, "backups.data_export:view")
    client = fleet.signed_in(initech, vera)
    job = asked()

    assert client.get(f"/exports/{job.pk}/").status_code == 200
    for verb in ("cancel", "retry"):
        assert client.post(f"/jobs/{job.pk}/{verb}/").status_code == 404

    assert ended(initech, job).cancel_requested_at is None
    carry_out(initech, job.pk)
    assert ended(initech, job).state == "done"


def test_its_file_ends(initech: Tenant, olivia_client: Client, export: Callable[[], Opened]) -> None:
    export()
    with bound_to(initech):
        job = Job.objects.get()
        Job.objects.update(file_expires_at=timezone.now())

    assert olivia_client.get(f"/exports/{job.pk}/file/").status_code == 404
    assert "The file has been deleted" in olivia_client.get(f"/exports/{job.pk}/").content.decode()


def test_the_way_of_ordinary_jobs_leads_to_no_file(
    initech: Tenant, olivia_client: Client, export: Callable[[], Opened]
) -> None:
    """There nobody is asked again who they are, nor for the right to download."""
    export()
    with bound_to(initech):
        job = Job.objects.get()

    assert olivia_client.get(f"/jobs/{job.pk}/file/").status_code == 404
    assert olivia_client.get(f"/jobs/{job.pk}/")["Location"] == f"/exports/{job.pk}/"


@pytest.mark.parametrize("path", ["new/", "{pk}/cancel/", "{pk}/file/"])
def test_whoever_sat_there_for_long_proves_again_who_they_are(
    initech: Tenant, olivia_client: Client, export: Callable[[], Opened], path: str
) -> None:
    export()
    with bound_to(initech):
        job = Job.objects.get()
        olivia_client.session.mark(confirmed_at=None)  # type: ignore[attr-defined]
    verb = olivia_client.get if "file" in path else olivia_client.post

    answer = verb(f"/exports/{path.format(pk=job.pk)}", {"recipient": RECIPIENT, "purpose": PURPOSE})

    assert answer.status_code in (302, 403)
    assert "confirm" in answer.headers.get("Location", "") + answer.content.decode()
    with bound_to(initech):
        assert Job.objects.count() == 1
        assert len(read(action="backups.data_export_fetched", object_id=str(job.pk))) == 1


@pytest.mark.parametrize("path", ["", "progress/", "file/", "cancel/"])
def test_mallory_finds_no_export_of_initech(
    initech: Tenant, mallory_client: Client, export: Callable[[], Opened], path: str
) -> None:
    export()
    with bound_to(initech):
        job = Job.objects.get()
    verb = mallory_client.post if path == "cancel/" else mallory_client.get

    assert verb(f"/exports/{job.pk}/{path}").status_code == 404

    assert str(job.pk) not in mallory_client.get("/exports/").content.decode()
    assert (ended(initech, job).state, ended(initech, job).file) == (job.state, job.file)


def test_mallorys_export_holds_nothing_of_initech(
    initech: Tenant, new_tenant: Callable[..., Tenant], identity: pyrage.x25519.Identity
) -> None:
    globex = new_tenant(name="Globex")
    make_tables(globex)
    with bound_to(globex):
        mallory = User.objects.get()
    client = fleet.signed_in(globex, mallory)
    form = {"recipient": str(identity.to_public()), "purpose": PURPOSE}
    client.post("/exports/new/", form)
    with bound_to(globex):
        job = Job.objects.get()

    carry_out(initech, job.pk)  # as if a message of Globex's were taken for Initech's
    assert ended(globex, job).state == "queued"
    carry_out(globex, job.pk)

    opened = Opened(b"".join(client.get(f"/exports/{job.pk}/file/")), identity)
    assert {row["id"] for row in opened.rows("accounts_user")} == {str(mallory.pk)}
    for name in opened.zip.namelist():
        assert b"Initech" not in opened.zip.read(name), name


def test_whoever_lost_the_right_gets_nothing(
    initech: Tenant, asked: Callable[[], Job], olivia_client: Client
) -> None:
    with bound_to(initech):
        pete = fleet.add_user("pete@initech.example", "Pete", "accountant")
        given = fleet.give(pete, "backups.data_export:view", "backups.data_export:download")
    client = fleet.signed_in(initech, pete)
    job = asked()
    carry_out(initech, job.pk)

    assert b"".join(client.get(f"/exports/{job.pk}/file/"))[:4] == b"age-"
    assert client.post("/exports/new/", {"recipient": RECIPIENT, "purpose": PURPOSE}).status_code == 403
    assert client.post(f"/exports/{job.pk}/cancel/").status_code == 403
    with bound_to(initech):
        end(given, None, "moved")
    assert client.get(f"/exports/{job.pk}/file/").status_code == 403
    assert client.get("/exports/").status_code == 403
