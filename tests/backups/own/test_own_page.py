"""A tenant's own page of backups: of the bound tenant alone."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import User
from backups.models import Policy, Restore
from backups.own.reading import read_own
from tenants.binding import CATALOG, bound_to
from tenants.models import Tenant
from tests.backups.rows import copy_row, drill_row
from tests.support import fleet

pytestmark = pytest.mark.usefixtures("catalog")
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def test_before_the_first_copy_it_says_when_that_is_due(alice_client: Client) -> None:
    page = alice_client.get("/backups/").content.decode()

    assert "The first copy is on its way" in page
    assert "Each night's copy for 30 days, and one copy a week for 90 days" in page


def test_it_tells_the_newest_copy_and_the_last_drill(alice_client: Client, acme: Tenant) -> None:
    copy = copy_row(acme, 5 * HOUR)
    drill_row(copy, 2 * DAY, rto_seconds=90.0)

    page = alice_client.get("/backups/").content.decode()

    for words in ("5 hours ago", "In time", "2 days ago", "Passed", "1\N{NO-BREAK SPACE}min 30"):
        assert words in page, words


def test_that_copies_will_be_kept_for_shorter_is_said_before_it_counts(
    alice_client: Client, mallory_client: Client
) -> None:
    """To everybody's people, and only an operator can take it back."""
    day = timezone.now() + 7 * DAY
    with bound_to(CATALOG):
        Policy.objects.filter(tier="weekly").update(shorter_days=90, shorter_from=day, keep_days=120)
        Policy.objects.filter(tier="manual").update(shorter_days=7, shorter_from=day)
    said = "on the copy of each week is kept for 90 days."
    for client in (alice_client, mallory_client):
        page = client.get("/backups/").content.decode()
        assert said in page
        assert "one copy a week for 120 days" in page
        assert "for 7 days" not in page
        assert client.post("/backups/policy/weekly/take-back/").status_code == 404
    with bound_to(CATALOG):
        assert Policy.objects.get(tier="weekly").shorter_from == day
        Policy.objects.filter(tier="weekly").update(shorter_from=timezone.now() - HOUR)
    page = alice_client.get("/backups/").content.decode()
    assert said not in page
    assert "one copy a week for 90 days" in page


def test_a_late_copy_and_a_failed_drill_are_not_hidden(alice_client: Client, acme: Tenant) -> None:
    drill_row(copy_row(acme, 40 * HOUR), state="failed", failed_step="rows")

    page = alice_client.get("/backups/").content.decode()

    assert "Late: we are looking at it" in page
    assert "Failed: we are looking at it" in page


def test_a_stopped_drill_is_no_news(alice_client: Client, acme: Tenant) -> None:
    copy = copy_row(acme, 5 * HOUR)
    drill_row(copy, 2 * DAY)
    drill_row(copy, HOUR, state="failed")

    page = alice_client.get("/backups/").content.decode()

    assert "Passed" in page
    assert "2 days ago" in page
    assert "Failed: we are looking at it" not in page


def test_mallory_at_globex_sees_nothing_of_acme(mallory_client: Client, acme: Tenant, globex: Tenant) -> None:
    copy = copy_row(acme, 3 * HOUR, plain_bytes=123_456_789)
    drill_row(copy, 3 * DAY)
    with bound_to(CATALOG):
        Restore.objects.create(
            tenant=acme, backup=copy, purpose="legal", reason="Secret case", requested_by="alice"
        )
    copy_row(globex, 9 * HOUR)

    page = mallory_client.get("/backups/").content.decode()

    assert "9 hours ago" in page
    for acmes in ("3 hours ago", "3 days ago", "117.7", "The law demands it", "Secret case", str(copy.pk)):
        assert acmes not in page, acmes


def test_a_name_in_the_address_changes_nothing(mallory_client: Client, acme: Tenant, globex: Tenant) -> None:
    copy_row(acme, 3 * HOUR)

    page = mallory_client.get(f"/backups/?tenant={acme.pk}&pk={acme.pk}&slug=acme").content.decode()

    assert "The first copy is on its way" in page
    for operators in (f"/backups/tenants/{acme.pk}/", "/backups/policy/", "/backups/catalog/"):
        assert mallory_client.get(operators).status_code == 404


def test_what_is_read_belongs_to_whoever_is_bound(acme: Tenant, globex: Tenant) -> None:
    copy_row(acme, HOUR)

    with bound_to(globex):
        assert (read_own().newest, read_own().number) == (None, 0)
    with bound_to(acme):
        assert read_own().number == 1


def test_who_may_not_see_backups_is_refused(acme: Tenant, bob: User) -> None:
    assert fleet.signed_in(acme, bob).get("/backups/").status_code == 403


def test_a_restore_under_way_is_said_first_and_no_other_is_offered(
    alice_client: Client, acme: Tenant
) -> None:
    copy = copy_row(acme, 3 * HOUR)
    with bound_to(CATALOG):
        told = {"purpose": "mistake", "reason": "Contacts were deleted", "requested_by": "user:alice"}
        restore = Restore.objects.create(tenant=acme, backup=copy, state="ready", **told)

    page = alice_client.get("/backups/").content.decode()
    form = alice_client.get("/restores/request/").content.decode()

    for shown in (page, form):
        assert "A restore is under way, asked for on" in shown
        assert "Restored beside the present one" in shown
    assert "/restores/request/" not in page
    assert 'name="reason"' not in form

    with bound_to(CATALOG):
        Restore.objects.filter(pk=restore.pk).update(state="swapped")
    assert "A restore is under way" not in alice_client.get("/backups/").content.decode()
    assert 'name="reason"' in alice_client.get("/restores/request/").content.decode()
