"""Copies of customers that are closed are found by whoever must end a hold, and offered is what can be done."""

from datetime import timedelta

import pytest
from django.core.management.base import CommandError
from django.test import Client
from django.utils import timezone

from backups.models import Backup, RecoveryKey, Restore
from tenants.binding import CATALOG, bound_to
from tenants.commands import find_tenant_by_slug
from tenants.models import Tenant
from tests.backups.console.conftest import Named
from tests.backups.rows import copy_row

pytestmark = pytest.mark.usefixtures("nobody_else")
DAY = timedelta(days=1)


def closed(tenant: Tenant, *, destroyed: bool = False) -> Tenant:
    """With the key of its copies, or what is left of it."""
    at = timezone.now() if destroyed else None
    with bound_to(CATALOG):
        Tenant.objects.filter(pk=tenant.pk).update(state="closed")
        RecoveryKey.objects.create(tenant=tenant, recipient="age1x", wrapped=b"", destroyed_at=at)
        tenant.refresh_from_db()
    return tenant


def copy_of(tenant: Tenant, **values: object) -> Backup:
    return copy_row(tenant, 9 * DAY, key_version=1, **values)


@pytest.fixture
def qiming(tenant: Named) -> Tenant:
    return closed(tenant("qiming"))


@pytest.fixture
def held(qiming: Tenant) -> Backup:
    """Older than what isn't on hold."""
    copy_row(qiming, DAY, key_version=1)
    return copy_of(qiming, hold_until=timezone.now() + DAY, hold_reason="Case 7/2026")


def listed(client: Client, query: str) -> list[tuple[str, str, Backup]]:
    rows = client.get(f"/backups/{query}").context["rows"]
    return [(row.tenant.slug, str(row.label), row.copy) for row in rows]


def test_they_have_a_list_of_their_own_with_the_copy_on_hold_first(
    oscar_client: Client, tenant: Named, held: Backup
) -> None:
    copy_row(tenant("acme-two"))
    shredded = copy_of(closed(tenant("ashes"), destroyed=True))
    kept = copy_of(closed(tenant("kept")))
    closed(tenant("empty"))
    copy_of(closed(tenant("removed")), removed_at=timezone.now())

    assert listed(oscar_client, "?state=closed") == [
        ("qiming", "Closed, a copy on hold", held),
        ("ashes", "Closed, nothing opens its copies", shredded),
        ("kept", "Closed", kept),
    ]
    assert [slug for slug, *_ in listed(oscar_client, "")] == ["acme-two"]


def test_the_fleet_says_that_there_are_some_and_a_search_finds_them(
    oscar_client: Client, tenant: Named, held: Backup
) -> None:
    copy_of(closed(tenant("kept")))
    shown = oscar_client.get("/backups/?q=QIM").content.decode()
    assert '<a href="?state=closed&amp;q=QIM">' in shown
    assert "1 closed tenant still has copies" in " ".join(shown.split())
    assert [slug for slug, *_ in listed(oscar_client, "?state=closed&q=QIM")] == ["qiming"]
    assert "still ha" not in oscar_client.get("/backups/?q=zzzz").content.decode()


def test_its_page_offers_a_restore_and_neither_a_copy_nor_a_drill(
    oscar_client: Client, qiming: Tenant, held: Backup
) -> None:
    shown = oscar_client.get(f"/backups/tenants/{qiming.pk}/").content.decode()
    assert "What the law demands is restored beside" in shown
    assert ("Restore the newest copy" in shown, "Take a copy now" in shown) == (True, False)
    assert "Start a drill" not in shown
    assert "Too old" not in shown
    shown = oscar_client.get(f"/backups/copies/{held.pk}/").content.decode()
    assert (f"/restores/new/{held.pk}/" in shown, "Start a drill" in shown) == (True, False)


def test_once_its_keys_are_destroyed_no_restore_is_offered_nor_a_point_to_go_back_to(
    oscar_client: Client, tenant: Named
) -> None:
    ashes = closed(tenant("ashes"), destroyed=True)
    copy = copy_of(ashes)
    answer = oscar_client.get(f"/backups/tenants/{ashes.pk}/")
    assert answer.context["newest_good"] is None
    assert [str(each.says) for each in answer.context["figures"]] == ["Nothing opens it any more", ""]
    assert "Restore the newest copy" not in answer.content.decode()
    shown = oscar_client.get(f"/backups/copies/{copy.pk}/").content.decode()
    assert "Its key was destroyed: nothing opens it any more." in shown
    assert [words in shown for words in ("Start a drill", "Hold it", ">Restore<")] == [False] * 3


def test_another_tenants_destroyed_key_takes_nothing_away(oscar_client: Client, tenant: Named) -> None:
    """Nor does a former one of its own, of another version."""
    closed(tenant("ashes"), destroyed=True)
    acme = tenant("acme-two")
    copy = copy_row(acme, key_version=2)
    with bound_to(CATALOG):
        RecoveryKey.objects.create(tenant=acme, recipient="age1y", wrapped=b"", destroyed_at=timezone.now())
    assert oscar_client.get(f"/backups/tenants/{acme.pk}/").context["newest_good"] == copy


def test_a_restore_is_asked_for_what_the_law_demands_and_nothing_else(
    oscar_client: Client, held: Backup
) -> None:
    page = f"/restores/new/{held.pk}/"
    form = oscar_client.get(page).context["form"]
    assert [*form.fields] == ["purpose", "reason"]
    assert [value for value, _label in form.fields["purpose"].choices] == ["legal"]

    wish = {"reason": "Undo it", "in_place": "yes", "typed": "qiming"}
    assert oscar_client.post(page, wish | {"purpose": "mistake"}).status_code == 422
    with bound_to(CATALOG):
        assert not Restore.objects.exists()
    assert oscar_client.post(page, wish | {"purpose": "legal"}).status_code == 302
    with bound_to(CATALOG):
        asked = Restore.objects.get()
    assert (asked.purpose, asked.in_place, asked.backup_id) == ("legal", False, held.pk)


def test_a_short_name_that_was_given_again_is_the_living_ones(tenant: Named, qiming: Tenant) -> None:
    """And of several that are closed the one that had it last."""
    with pytest.raises(CommandError, match="There is no tenant “qiming”"):
        find_tenant_by_slug("qiming")
    assert find_tenant_by_slug("qiming", closed=True) == qiming
    later = closed(tenant("qiming"))
    assert find_tenant_by_slug("qiming", closed=True) == later
    living = tenant("qiming")
    assert find_tenant_by_slug("qiming", closed=True) == find_tenant_by_slug("qiming") == living
