"""What nobody comes back for is swept each night, and isn't shown until then."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import KnownBrowser, SecurityPolicy, Session, User
from accounts.visits.showing import visits_of
from accounts.visits.tasks import sweep_visits
from config.celery import app
from tenants.binding import CATALOG, Bindable, bound_to
from tenants.models import Tenant
from tests.audit.looking import Line, lines, newest
from tests.support import fleet
from tests.visits.visiting import ago, change, is_open, key_of


def is_there(place: Bindable, key: str) -> bool:
    with bound_to(place):
        return Session.objects.filter(pk=key).exists()


def test_a_session_past_its_time_is_ended_with_an_event(
    acme: Tenant, alice: User, alice_client: Client
) -> None:
    here, since = fleet.signed_in(acme, alice), newest(acme)
    change(acme, alice_client, last_seen_at=ago(hours=25))

    sweep_visits()

    assert not is_open(acme, alice_client)
    assert is_open(acme, here)
    assert lines(acme, since) == [
        Line("accounts.session_ended", "done", "test", "A session of Alice ended: idle")
    ]
    sweep_visits()
    assert len(lines(acme, since)) == 1


def test_each_tenant_and_the_catalog_is_swept_and_keeps_what_is_young(
    *, acme: Tenant, globex: Tenant, alice_client: Client, mallory_client: Client, oscar_client: Client
) -> None:
    places = ((acme, alice_client), (globex, mallory_client), (CATALOG, oscar_client))
    for place, client in places:
        change(place, client, last_seen_at=ago(hours=23))
    sweep_visits()
    assert [is_open(place, client) for place, client in places] == [True, True, True]
    assert alice_client.get("/contacts/")["Location"].startswith("/sign-in/")
    assert "because nothing was done" in alice_client.get("/sign-in/").content.decode()

    for place, client in places[1:]:
        change(place, client, last_seen_at=ago(hours=25))
    sweep_visits()
    assert [is_open(place, client) for place, client in places[1:]] == [False, False]


def test_one_that_cant_be_swept_stops_no_other(
    *, acme: Tenant, globex: Tenant, alice_client: Client, mallory_client: Client
) -> None:
    """Acme's security settings are gone, so that its terms can't be read."""
    for place, client in ((acme, alice_client), (globex, mallory_client)):
        change(place, client, last_seen_at=ago(hours=25))
    with bound_to(acme):
        SecurityPolicy.objects.all().delete()
    sweep_visits()
    assert is_open(acme, alice_client)
    assert not is_open(globex, mallory_client)


def test_nobodys_sessions_and_forgotten_browsers_go_too(
    acme: Tenant, acme_client: Client, alice: User, bob: User
) -> None:
    acme_client.get("/sign-in/")
    key = key_of(acme_client)
    with bound_to(acme):
        for person, days in ((alice, 401), (bob, 399)):
            seen = timezone.now() - timedelta(days=days)
            KnownBrowser.objects.create(user=person, digest="0" * 64, last_seen_at=seen)
    sweep_visits()
    assert is_there(acme, key)
    with bound_to(acme):
        assert KnownBrowser.objects.get().user == bob
        Session.objects.filter(pk=key).update(expire_date=ago(minutes=1))
    sweep_visits()
    assert not is_there(acme, key)


@pytest.mark.parametrize("column", ["last_seen_at", "signed_in_at"])
def test_until_then_no_list_shows_it(
    acme: Tenant, alice: User, alice_client: Client, bob: User, column: str
) -> None:
    bobs = fleet.signed_in(acme, bob)
    with bound_to(acme):
        assert (len(visits_of(bob, None, alice)), bob.open_sessions) == (1, 1)
    assert "in 1 browser" in alice_client.get(f"/people/{bob.pk}/").content.decode()

    change(acme, bobs, **{column: ago(hours=13)})

    with bound_to(acme):
        assert (visits_of(bob, None, alice), bob.open_sessions) == ([], 0)
    assert "in 0 browsers" in alice_client.get(f"/people/{bob.pk}/").content.decode()
    with bound_to(acme):
        SecurityPolicy.objects.update(absolute_hours=24, idle_minutes=720)
        assert len(visits_of(bob, None, alice)) == (1 if column == "signed_in_at" else 0)


def test_beat_asks_for_it_each_night() -> None:
    assert [each["task"] for each in app.conf.beat_schedule.values()].count(sweep_visits.name) == 1
