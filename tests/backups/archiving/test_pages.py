"""Operators archive, ask, agree, stop and fetch on pages; a tenant's site has none of them."""

from datetime import timedelta

import pytest
from django.db.models import F
from django.test import Client
from django.utils import timezone

from accounts.models import User
from backups.archiving.keeping import bring_what_may_leave
from backups.models import ArchivedCopy, Retrieval
from backups.models.archives import delay
from tenants.binding import CATALOG, bound_to
from tenants.models import Tenant
from tests.backups.archiving.conftest import LAW, SEALED, in_days
from tests.support import fleet

WISH = {"purpose": "inspection", "reason": "The tax office asks"}


@pytest.fixture
def priya_client(cast: dict[str, Tenant], catalog: None) -> Client:
    """May ask, and not agree."""
    return client_of("priya@amana.example", "Priya", "recovery_operator")


def client_of(email: str, name: str, role: str) -> Client:
    with bound_to(CATALOG):
        person: User = fleet.add_user(email, name, role)
        client = fleet.client_of("operator.localhost")
        fleet.let_in(client, person)
    return client


def the_only() -> Retrieval:
    with bound_to(CATALOG):
        return Retrieval.objects.get()


def test_the_whole_way_on_pages(priya_client: Client, archived: ArchivedCopy) -> None:
    yusuf_client = client_of("yusuf@amana.example", "Yusuf", "recovery_approver")
    page = f"/archive/{archived.pk}/"
    assert priya_client.post(f"{page}take-out/", WISH).status_code == 302
    pk = the_only().pk
    assert priya_client.post(f"/archive/retrievals/{pk}/approve/").status_code == 403
    assert "somebody else agrees" in priya_client.get(page).content.decode()
    assert yusuf_client.post(f"/archive/retrievals/{pk}/approve/").status_code == 302
    early = priya_client.post(f"/archive/retrievals/{pk}/file/")
    assert (early.status_code, "nothing to fetch" in early.content.decode()) == (409, True)
    with bound_to(CATALOG):
        by = delay() + timedelta(seconds=1)
        told = {"decided_at": F("decided_at") - by, "opens_at": F("opens_at") - by, "told_at": timezone.now()}
        Retrieval.objects.update(**told)
    bring_what_may_leave()

    assert yusuf_client.post(f"/archive/retrievals/{pk}/file/").status_code == 403
    answer = priya_client.post(f"/archive/retrievals/{pk}/file/")

    assert (answer.status_code, b"".join(answer)) == (200, SEALED)
    assert answer["Content-Disposition"].startswith('attachment; filename="acme-')
    assert priya_client.post(f"/archive/retrievals/{pk}/file/").status_code == 409
    assert "Fetched" in priya_client.get(page).content.decode()


def test_an_operator_archives_a_tenant(oscar_client: Client, acme: Tenant, offline: list[str]) -> None:
    form = {"slug": "acme", "reason": LAW, "keep_until": in_days(3650).isoformat()}
    answer = oscar_client.post("/archive/new/", form)
    assert answer.status_code == 302
    assert LAW in oscar_client.get(answer["Location"]).content.decode()
    assert "Waiting" in oscar_client.get("/archive/").content.decode()
    with bound_to(CATALOG):
        copy = ArchivedCopy.objects.get(tenant=acme)
    assert (copy.state, copy.reason, copy.requested_by) == ("waiting", LAW, "operator:oscar@amana.example")


@pytest.mark.parametrize("wrong", [{"slug": "acm"}, {"keep_until": "2020-01-01"}, {"reason": ""}])
def test_what_is_wrong_is_said_and_what_was_typed_stays(
    oscar_client: Client, acme: Tenant, offline: list[str], wrong: dict[str, str]
) -> None:
    form = {"slug": "acme", "reason": LAW, "keep_until": in_days(9).isoformat(), **wrong}
    answer = oscar_client.post("/archive/new/", form)
    assert answer.status_code == 422
    assert f'value="{form["slug"]}"' in answer.content.decode()
    with bound_to(CATALOG):
        assert not ArchivedCopy.objects.filter(tenant=acme).exists()


def test_whoever_agrees_also_stops_with_a_reason(priya_client: Client, archived: ArchivedCopy) -> None:
    yusuf_client = client_of("yusuf@amana.example", "Yusuf", "recovery_approver")
    priya_client.post(f"/archive/{archived.pk}/take-out/", WISH)
    address = f"/archive/retrievals/{the_only().pk}/stop/"
    assert yusuf_client.post(address, {"reason": ""}).status_code == 422
    assert the_only().state == "requested"
    assert yusuf_client.post(address, {"reason": "They didn't ask"}).status_code == 302
    assert (the_only().state, the_only().stopped_by) == ("stopped", "operator:yusuf@amana.example")


def test_the_page_that_closes_a_tenant_says_what_stays(
    oscar_client: Client, archived: ArchivedCopy, acme: Tenant
) -> None:
    page = oscar_client.get(f"/tenants/{acme.pk}/close/").content.decode()
    assert "1 archived copy stays, as the law demands" in page
    assert f"{archived.keep_until}" in page


def test_mallory_finds_no_archive_at_a_tenants_site(mallory_client: Client, archived: ArchivedCopy) -> None:
    for address in ("/archive/", f"/archive/{archived.pk}/", "/archive/new/"):
        assert mallory_client.get(address).status_code == 404
