"""A guest looks, for a while, seen by the tenant; and changes nothing."""

import re
from collections.abc import Iterator
from datetime import timedelta
from importlib import import_module

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.granting import end
from accounts.models import Session, User
from accounts.people.standing import deactivate
from audit.reading import read
from business.contacts.models import Contact
from tenants.binding import CATALOG, bound_to
from tenants.models import Tenant
from tests.browser.walk.routes import Route, routes_of
from tests.support import fleet
from tests.support_access.conftest import Asked, came_in, kinds_at, operator_at_work


def test_the_console_shows_the_way_in_once(
    approved: Asked, oscar_client: Client, acme_client: Client, oscar: User
) -> None:
    page = oscar_client.post(f"/visits/{approved.pk}/ticket/").content.decode()
    [way] = re.findall(r'href="http://acme\.[^/"]+(/support/enter/[^"]+)"', page)
    assert "/support/enter/" not in oscar_client.get(f"/visits/{approved.pk}/").content.decode()

    shown = acme_client.get(way)
    assert shown.status_code == 200
    assert "Oscar" in shown.content.decode()
    assert approved.at_tenant().state == "approved"

    assert acme_client.post(way)["Location"] == "/"
    grant = approved.at_tenant()
    assert grant.state == "open"
    assert grant.opened_at
    assert grant.until == grant.opened_at + timedelta(minutes=30)
    assert kinds_at(approved.tenant, approved.pk)[-1] == (
        "accounts.guest_came",
        "done",
        f"operator:{oscar.pk}",
    )
    assert kinds_at(None, approved.pk)[-2:] == [
        ("console.break_glass_ticket", "done", f"operator:{oscar.pk}"),
        ("console.break_glass_opened", "done", f"operator:{oscar.pk}"),
    ]
    assert approved.at_operators().state == "open"


def test_the_guest_looks_under_a_band(guest: Client, approved: Asked, oscar: User) -> None:
    answer = guest.get("/contacts/")

    page = answer.content.decode()
    assert answer.status_code == 200
    assert "<bdi>Oscar</bdi> of Amana is here as a guest until" in page
    assert "The import of orders hangs" in page
    assert 'action="/support/leave/"' in page
    user = answer.context["user"]
    assert user.is_guest
    assert user.pk == oscar.pk
    with bound_to(approved.tenant):
        assert not User.objects.filter(pk=oscar.pk).exists()
        assert Session.objects.filter(user=None).exists()


def test_what_the_guest_looks_at_is_recorded(guest: Client, acme: Tenant, bob: User, oscar: User) -> None:
    with bound_to(acme):
        dora = Contact(kind="person", name="Dora Quill", email="dora@tea.example")
        dora.create(by=bob)

    assert guest.get(f"/contacts/{dora.pk}/").status_code == 200

    assert kinds_at(acme, dora.pk) == [("accounts.guest_looked", "done", f"operator:{oscar.pk}")]


def test_whoever_looks_after_guests_sees_the_band_too(
    guest: Client, alice_client: Client, acme: Tenant, bob: User
) -> None:
    band = "of Amana is here as a guest until"

    assert band in alice_client.get("/contacts/").content.decode()
    assert band not in fleet.signed_in(acme, bob).get("/contacts/").content.decode()


def test_what_a_guest_may(guest: Client) -> None:
    codes = guest.get("/contacts/").context["user"].rights.codes

    assert {"contacts.contact:view", "contacts.contact:history", "accounts.user:view"} <= codes
    assert {code.rpartition(":")[2] for code in codes} == {"view", "history"}


def test_a_guest_is_shown_the_way_to_what_they_may_look_at(guest: Client) -> None:
    groups = guest.get("/contacts/").context["shell"].navigation

    names = {link.entry.url_name for links in groups.values() for link in links}
    assert {"contacts:contact-list", "support:grant-list"} <= names
    assert "jobs:job-list" not in names


def test_a_guest_isnt_told_where_people_are(
    *, guest: Client, acme: Tenant, alice: User, alice_client: Client, bob: User
) -> None:
    """In the log, of a request, in a history, in the list of sessions: whoever is at home there reads it."""
    where = "203.0.113.77"
    with bound_to(acme):
        Session.objects.filter(user=alice).update(ip=where)
    named = {"name": "Roberta"}
    done = alice_client.post(f"/people/{bob.pk}/edit/", named, REMOTE_ADDR=where)
    assert done.status_code == 302
    with bound_to(acme):
        request = read(action="accounts.renamed")[0].request
    pages = (
        "/activity/",
        f"/activity/requests/{request}/",
        f"/activity/records/accounts_user/{bob.pk}/",
        f"/people/{alice.pk}/sessions/",
    )
    for page in pages:
        for client, is_told in ((alice_client, True), (guest, False)):
            answer = client.get(page)
            assert answer.status_code == 200, page
            assert (where in answer.content.decode()) is is_told, page


@pytest.mark.parametrize("path", ["/preferences/", "/jobs/", "/files/x/"])
def test_a_guest_has_nothing_of_their_own(guest: Client, path: str) -> None:
    answer = guest.get(path)

    assert answer.status_code == 403
    assert "You are here as a guest" in answer.content.decode()


def test_a_guest_finds_by_searching(guest: Client) -> None:
    assert guest.get("/").status_code == 302
    assert guest.get("/search/?q=dora").status_code == 200
    assert guest.get("/palette/?q=dora").status_code == 200


def routes() -> Iterator[Route]:
    yield from routes_of(import_module(settings.ROOT_URLCONF).urlpatterns)


SAMPLES = {
    "pk": "0196e1b0-0000-7000-8000-000000000000",
    "table": "contacts_contact",
    "token": "x",
    "uidb64": "x",
    "ticket": "x",
}


@pytest.mark.sampled
@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_a_guest_sends_nothing(guest: Client, approved: Asked, method: str) -> None:
    """To no page of the site but the one that ends the visit; not even a row of the session is written."""
    with bound_to(approved.tenant):
        before = fingerprint()

    for route in routes():
        arguments = {name: SAMPLES.get(name, approved.pk) for name in route.arguments}
        path = reverse(route.name, urlconf=settings.ROOT_URLCONF, kwargs=arguments)
        if route.name != "support:leave":
            assert getattr(guest, method)(path).status_code == 403, path

    with bound_to(approved.tenant):
        assert fingerprint() == before


def fingerprint() -> dict[str, str]:
    """Every table of the bound database but the log, row by row."""
    with connection.cursor() as cursor:
        found = {}
        for table in connection.introspection.table_names(cursor):
            cursor.execute(
                f"SELECT md5(coalesce(string_agg(t::text, '|' ORDER BY t::text), '')) FROM {table} t"
            )
            found[table] = str(cursor.fetchone())
        return found


def test_leaving_the_guest_ends_it(guest: Client, approved: Asked, oscar: User) -> None:
    answer = guest.post("/support/leave/")

    assert "The visit has ended" in answer.content.decode()
    grant = approved.at_tenant()
    assert (grant.state, grant.ended_by) == ("ended", f"operator:{oscar.pk}")
    assert guest.get("/contacts/").status_code == 302
    assert approved.at_operators().state == "ended"


def test_nobody_else_can_leave(alice_client: Client) -> None:
    assert alice_client.post("/support/leave/").status_code == 403


def test_the_tenant_ends_it_at_once(
    guest: Client, approved: Asked, alice: User, alice_client: Client
) -> None:
    assert guest.get("/contacts/").status_code == 200

    alice_client.post(f"/support/{approved.pk}/end/")

    answer = guest.get("/contacts/")
    assert answer.status_code == 403
    assert "The visit is over" in answer.content.decode()
    assert guest.get("/contacts/").status_code == 302
    assert approved.at_tenant().ended_by == f"user:{alice.pk}"
    assert approved.at_operators().state == "ended"


def test_another_operator_ends_it(guest: Client, approved: Asked, olga: User) -> None:
    assert operator_at_work(olga).post(f"/visits/{approved.pk}/revoke/").status_code == 302
    approved.carry()

    assert guest.get("/contacts/").status_code == 403
    assert approved.at_tenant().ended_by == f"operator:{olga.pk}"


def test_its_time_ends_it(guest: Client, approved: Asked) -> None:
    approved.change(until=timezone.now())

    assert guest.get("/contacts/").status_code == 403
    approved.carry()
    assert (approved.at_tenant().state, approved.at_tenant().ended_by) == ("ended", "system:time")
    assert approved.at_operators().state == "ended"


def test_the_session_itself_ends_with_its_time(guest: Client, approved: Asked) -> None:
    with bound_to(approved.tenant):
        session = Session.objects.get(pk=guest.cookies["amana"].value)
    until = approved.at_tenant().until
    assert until
    assert abs(session.expire_date - until) < timedelta(seconds=5)


def test_coming_back_within_the_time_ends_the_first_session(guest: Client, approved: Asked) -> None:
    until = approved.at_tenant().until

    again = came_in(approved)

    assert again.get("/contacts/").status_code == 200
    assert guest.get("/contacts/").status_code == 403
    assert approved.at_tenant().until == until


def test_whoever_was_signed_in_there_no_longer_is(approved: Asked, alice: User, acme: Tenant) -> None:
    client = fleet.signed_in(acme, alice)

    client.post(f"/support/enter/{approved.ticket()}/")

    assert client.get("/contacts/").context["user"].is_guest


@pytest.mark.parametrize("lost", ["the account", "the right"])
def test_an_operator_who_is_shut_out_is_no_guest_any_more(
    guest: Client, approved: Asked, oscar: User, olga: User, lost: str
) -> None:
    with bound_to(CATALOG):
        if lost == "the account":
            deactivate(oscar, olga, "Left")
        else:
            end(oscar.assignments.get(), olga, "Left")
    approved.carry()
    assert guest.get("/contacts/").status_code == 403
    assert approved.at_tenant().state == "ended"
