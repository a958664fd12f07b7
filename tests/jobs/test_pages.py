"""What a person sees of a job, and who sees it."""

import gzip
from collections.abc import Iterator
from importlib import import_module
from uuid import UUID

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from accounts.models import User
from jobs import urls
from jobs.models import Job
from jobs.running import carry_out
from tenants.binding import CATALOG, bound_to
from tenants.models import Tenant
from tests.jobs.conftest import change, done, found, lines_of, started
from tests.support.fleet import client_of, let_in, signed_in

pytestmark = pytest.mark.usefixtures("nobody_listens")
NAMES = ["job-detail", "job-progress", "job-cancel", "job-retry", "job-file"]
VERBS = {"job-cancel", "job-retry"}


@pytest.fixture
def bob_client(acme: Tenant, bob: User) -> Client:
    return signed_in(acme, bob)


@pytest.fixture
def oscar_client(cast: dict[str, Tenant], committed_catalog: None) -> Iterator[Client]:
    with bound_to(CATALOG):
        oscar = User.objects.get(email="oscar@amana.example")
        client = client_of(settings.AMANA_OPERATOR_HOST)
        let_in(client, oscar)
        client.oscar = oscar  # type: ignore[attr-defined]
        yield_to = client
    yield yield_to
    with bound_to(CATALOG):
        oscar.sessions.all().delete()


def address(name: str, pk: UUID) -> str:
    return reverse(f"jobs:{name}", urlconf="config.urls_tenant", args=[pk])


def answer(client: Client, name: str, pk: UUID) -> int:
    method = client.post if name in VERBS else client.get
    return method(address(name, pk)).status_code


def test_every_address_is_in_these_tables() -> None:
    assert {pattern.name for pattern in urls.urlpatterns} == {"job-list", *NAMES}


def test_both_sites_have_them() -> None:
    for urlconf in (settings.ROOT_URLCONF, settings.OPERATOR_URLCONF):
        assert import_module(urlconf)
        assert reverse("jobs:job-list", urlconf=urlconf) == "/jobs/"


def test_a_job_is_followed_until_it_is_over(alice_client: Client, acme: Tenant, alice: User) -> None:
    job = started(acme, "test.count", alice, to=3)

    before = alice_client.get(f"/jobs/{job.pk}/")
    fragment = alice_client.get(f"/jobs/{job.pk}/progress/?pulse={before.context['pulse']}")
    carry_out(acme, job.pk)
    over = alice_client.get(f"/jobs/{job.pk}/progress/?pulse={before.context['pulse']}")
    after = alice_client.get(f"/jobs/{job.pk}/")

    page = before.content.decode()
    assert "<span>Count to 3</span>" in page
    assert f'hx-get="/jobs/{job.pk}/progress/?pulse=' in page
    assert '<noscript><meta http-equiv="refresh" content="2"></noscript>' in page
    assert '"allowEval":false' in page
    assert ">Cancel</button>" in page
    assert (fragment.status_code, over.status_code) == (200, 286)
    assert "hx-swap-oob" not in fragment.content.decode()
    told = over.content.decode()
    assert "hx-get" not in told
    assert "Counted to 3." in told
    assert 'id="state" hx-swap-oob="true">Done</span>' in told
    assert 'id="spoken" role="status" hx-swap-oob="innerHTML">Done</p>' in told
    assert ">Cancel</button>" not in told
    for never in ("/progress/", "refresh"):
        assert never not in after.content.decode()
    assert "no-store" in over["Cache-Control"]


def test_while_it_runs_the_page_says_how_far_it_is(alice_client: Client, acme: Tenant, alice: User) -> None:
    job = started(acme, "test.count", alice, to=3)
    change(acme, job, state="running", done=300, total=1200)

    page = alice_client.get(f"/jobs/{job.pk}/").content.decode()

    assert '<progress value="300" max="1200" aria-label="How far it is"></progress>' in page
    assert "300 of 1200" in page
    assert 'role="status" >Running. 25 %</p>' in page


def test_a_failure_is_told_in_words_with_a_way_on(alice_client: Client, acme: Tenant, alice: User) -> None:
    job = done(acme, "test.fails", alice, how="in words")

    page = alice_client.get(f"/jobs/{job.pk}/").content.decode()

    assert "Only 3 of 4 are there." in page
    assert f'action="/jobs/{job.pk}/retry/"' in page
    assert '<li class="step failed"' in page


def test_tried_again_it_waits_with_all_its_attempts(alice_client: Client, acme: Tenant, alice: User) -> None:
    job = done(acme, "test.fails", alice, how="in words")

    response = alice_client.post(f"/jobs/{job.pk}/retry/")

    assert response["Location"] == f"/jobs/{job.pk}/"
    again = found(acme, job)
    assert (again.state, again.attempt, again.error, again.finished_at) == ("queued", 0, "", None)
    carry_out(acme, job.pk)
    assert (found(acme, job).state, found(acme, job).token) == ("failed", 2)


@pytest.mark.parametrize("state", ["queued", "running", "done"])
def test_what_did_not_end_badly_is_not_tried_again(
    alice_client: Client, acme: Tenant, alice: User, state: str
) -> None:
    job = started(acme, "test.count", alice, to=3)
    change(acme, job, state=state)

    response = alice_client.post(f"/jobs/{job.pk}/retry/")

    assert response.status_code == 409
    assert "This can&#x27;t be tried again" in response.content.decode()
    assert found(acme, job).state == state


def test_what_waits_is_cancelled_at_once_and_never_done(
    alice_client: Client, acme: Tenant, alice: User
) -> None:
    job = started(acme, "test.count", alice, to=3)

    alice_client.post(f"/jobs/{job.pk}/cancel/")
    carry_out(acme, job.pk)

    assert found(acme, job).state == "cancelled"
    assert lines_of(acme, job) == []
    assert "It was cancelled before it was done." in alice_client.get(f"/jobs/{job.pk}/").content.decode()


@pytest.mark.parametrize("state", ["done", "failed", "cancelled"])
def test_what_is_over_is_not_cancelled(alice_client: Client, acme: Tenant, alice: User, state: str) -> None:
    job = started(acme, "test.count", alice, to=3)
    change(acme, job, state=state)

    response = alice_client.post(f"/jobs/{job.pk}/cancel/")

    assert response.status_code == 409
    assert found(acme, job).cancel_requested_at is None


def test_being_cancelled_says_so_and_is_not_asked_for_twice(
    alice_client: Client, acme: Tenant, alice: User
) -> None:
    job = started(acme, "test.count", alice, to=3)
    change(acme, job, state="running")

    first = alice_client.post(f"/jobs/{job.pk}/cancel/")
    page = alice_client.get(f"/jobs/{job.pk}/").content.decode()
    second = alice_client.post(f"/jobs/{job.pk}/cancel/")

    assert (first.status_code, second.status_code) == (302, 409)
    assert "Being cancelled" in page
    assert ">Cancel</button>" not in page


def test_its_file_is_handed_out_whole(alice_client: Client, acme: Tenant, alice: User) -> None:
    job = done(acme, "test.file", alice, text="نخيل " * 50_000, name="نخيل.txt")

    page = alice_client.get(f"/jobs/{job.pk}/").content.decode()
    response = alice_client.get(f"/jobs/{job.pk}/file/")

    assert f'href="/jobs/{job.pk}/file/"' in page
    assert b"".join(response).decode() == "نخيل " * 50_000
    assert response["Content-Disposition"].startswith("attachment; filename*=utf-8''")
    assert response["X-Content-Type-Options"] == "nosniff"


def test_its_file_is_compressed_on_its_way(alice_client: Client, acme: Tenant, alice: User) -> None:
    job = done(acme, "test.file", alice, text="نخيل " * 50_000, name="نخيل.txt")
    response = alice_client.get(f"/jobs/{job.pk}/file/", headers={"Accept-Encoding": "gzip"})
    assert response["Content-Encoding"] == "gzip"
    assert gzip.decompress(b"".join(response)).decode() == "نخيل " * 50_000


def test_before_there_is_a_file_there_is_nothing(alice_client: Client, acme: Tenant, alice: User) -> None:
    job = started(acme, "test.file", alice, text="x")

    assert alice_client.get(f"/jobs/{job.pk}/file/").status_code == 404


@pytest.mark.parametrize("name", NAMES)
def test_another_tenants_job_is_not_found(
    acme: Tenant, alice: User, globex: Tenant, mallory_client: Client, name: str
) -> None:
    """Mallory knows the id, and her own account may start jobs of that kind."""
    job = done(acme, "test.file", alice, text="Acme's own")
    change(acme, job, kind="test.open")

    assert answer(mallory_client, name, job.pk) == 404
    assert found(acme, job).state == "done"


def test_another_tenants_file_is_not_reached_by_a_job_of_ones_own(
    acme: Tenant, alice: User, globex: Tenant, mallory: User, mallory_client: Client
) -> None:
    """With a row of her own that names Acme's path, as an SQL injection at Globex could write it."""
    theirs = done(acme, "test.file", alice, text="Acme's own")
    hers = done(globex, "test.file", mallory, text="Globex's own")
    for path in (theirs.file, f"../{acme.schema_name}/{theirs.file}"):
        change(globex, hers, file=path)
        assert mallory_client.get(f"/jobs/{hers.pk}/file/").status_code in (400, 404)


@pytest.mark.parametrize("name", NAMES)
def test_a_colleagues_private_job_is_not_found(
    bob_client: Client, acme: Tenant, alice: User, name: str
) -> None:
    job = done(acme, "test.private", alice)

    assert answer(bob_client, name, job.pk) == 404
    assert found(acme, job).state == "done"


def test_a_list_holds_ones_own_and_what_one_could_have_asked_for(
    bob_client: Client, alice_client: Client, acme: Tenant, alice: User, bob: User
) -> None:
    started(acme, "test.private", alice)
    started(acme, "test.open", alice)
    started(acme, "test.count", bob, to=7)

    seen = [
        [(job.title, owner) for job, owner in client.get("/jobs/").context["rows"]]
        for client in (alice_client, bob_client)
    ]

    assert seen == [
        [("A matter of everybody", "Alice"), ("A private matter", "Alice")],
        [("Count to 7", "Bob"), ("A matter of everybody", "Alice")],
    ]


def test_before_there_is_one_the_list_says_what_it_is_for(alice_client: Client) -> None:
    assert "No jobs yet" in alice_client.get("/jobs/").content.decode()


@pytest.mark.parametrize("name", NAMES)
def test_nobody_sees_anything_without_signing_in(
    acme_client: Client, acme: Tenant, alice: User, name: str
) -> None:
    job = started(acme, "test.open", alice)

    assert answer(acme_client, name, job.pk) == 302
    assert found(acme, job).state == "queued"


def test_a_page_whose_session_has_ended_is_told_so(acme_client: Client, acme: Tenant, alice: User) -> None:
    """Instead of a sign-in form in the middle of it."""
    job = started(acme, "test.open", alice)

    response = acme_client.get(f"/jobs/{job.pk}/progress/", headers={"HX-Request": "true"})

    assert (response.status_code, response.content) == (401, b"")


@pytest.mark.parametrize("name", sorted(VERBS))
def test_a_verb_is_posted_with_a_token(alice_client: Client, acme: Tenant, alice: User, name: str) -> None:
    job = started(acme, "test.open", alice)
    assert alice_client.get(address(name, job.pk)).status_code == 405

    alice_client.handler.enforce_csrf_checks = True

    assert alice_client.post(address(name, job.pk)).status_code == 403
    assert found(acme, job).state == "queued"


@pytest.mark.parametrize("name", sorted(VERBS))
def test_whoever_sat_there_for_long_proves_again_who_they_are(
    alice_client: Client, acme: Tenant, alice: User, name: str
) -> None:
    """As for what started it: a screen that nobody watched begins no export again."""
    job = started(acme, "test.open", alice)
    change(acme, job, state="failed" if name == "job-retry" else "queued")
    with bound_to(acme):
        alice_client.session.mark(confirmed_at=None)  # type: ignore[attr-defined]
    before = found(acme, job)

    answer = alice_client.post(address(name, job.pk))

    assert answer.status_code == 403
    assert "confirm" in answer.content.decode()
    after = found(acme, job)
    assert (after.state, after.cancel_requested_at) == (before.state, None)


def test_operators_have_the_same_pages_in_their_own_shell(oscar_client: Client) -> None:
    with bound_to(CATALOG):
        job = Job.objects.create(kind="test.platform", state="failed", error="It broke.")

    page = oscar_client.get(f"/jobs/{job.pk}/").content.decode()

    assert 'class="shell operator"' in page
    assert "css/operators" in page
    assert "It broke." in page
    assert oscar_client.get("/jobs/").context["rows"][0] == (job, "")
