"""Which copy is taken next, and how many at a time."""

from datetime import timedelta

import pytest
from django.utils import timezone
from pytest_django import Settings

from backups.models import Backup
from backups.scheduling.claiming import claim
from tenants.binding import CATALOG, bound_to
from tenants.models import Server, Tenant

pytestmark = pytest.mark.usefixtures("schedule")


def wish(slug: str | None, tier: str, minutes: float = 0) -> Backup:
    """Due so many minutes ago."""
    with bound_to(CATALOG):
        tenant = Tenant.objects.get(slug=slug) if slug else None
        return Backup.objects.create(
            tenant=tenant, tier=tier, due=timezone.now() - timedelta(minutes=minutes)
        )


def taken() -> list[Backup]:
    return [copy for copy in iter(claim, None) if copy is not None]


def test_those_asked_for_come_first_and_then_the_longest_due(settings: Settings) -> None:
    settings.AMANA_BACKUPS_PER_SERVER = settings.AMANA_BACKUPS_AT_ONCE = 10
    late, later = wish("acme", "daily", 30), wish("globex", "daily", 60)
    asked, safety = wish(None, "manual", 1), wish("acme", "safety", 0)
    assert taken() == [asked, safety, later, late]


def test_one_that_waits_for_its_next_try_is_left(settings: Settings) -> None:
    copy = wish("acme", "daily")
    with bound_to(CATALOG):
        Backup.objects.update(next_try_at=timezone.now() + timedelta(seconds=20))
    assert claim() is None
    with bound_to(CATALOG):
        Backup.objects.update(next_try_at=timezone.now())
    assert claim() == copy


def test_no_more_are_taken_from_one_server_than_it_bears(settings: Settings) -> None:
    settings.AMANA_BACKUPS_PER_SERVER = 2
    with bound_to(CATALOG):
        other = Server.objects.create(name="other", host="/somewhere/else")
        Tenant.objects.filter(slug="globex").update(server=other)
    for minutes in (1, 2, 3):
        wish("acme", "daily", minutes)
    wish(None, "daily", 4)
    elsewhere = wish("globex", "daily", 0)
    found = taken()
    assert len(found) == 3
    assert elsewhere in found


def test_the_catalog_counts_for_its_server(settings: Settings) -> None:
    settings.AMANA_BACKUPS_PER_SERVER = 1
    wish(None, "daily", 2)
    wish("acme", "daily", 1)
    assert len(taken()) == 1


def test_no_more_are_taken_in_all_than_the_storage_bears(settings: Settings) -> None:
    settings.AMANA_BACKUPS_PER_SERVER, settings.AMANA_BACKUPS_AT_ONCE = 10, 3
    for minutes in range(5):
        wish("acme", "daily", minutes)
    assert len(taken()) == 3


def test_a_dead_workers_copy_makes_room_and_is_taken_again(settings: Settings) -> None:
    settings.AMANA_BACKUPS_PER_SERVER = 1
    copy = wish("acme", "daily", 1)
    assert claim() == copy
    assert claim() is None
    with bound_to(CATALOG):
        Backup.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    again = claim()
    assert again == copy
    assert (again.token, again.attempt) == (2, 2)
