import json
import re
from datetime import timedelta
from html import unescape

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import User
from backups.models import Backup
from interface import words
from tenants.binding import CATALOG, bound_to
from tenants.models import Tenant
from tests.backups.conftest import Take
from tests.backups.console.conftest import Named
from tests.backups.rows import copy_row
from tests.support import fleet

DAY = timedelta(days=1)
MANIFEST = {
    "database": "t_initech",
    "era": 1,
    "lsn": "0/15D68C8",
    "recipient": "age1initech",
    "key_version": 3,
    "versions": {"server": 17, "pg_dump": 17, "schema": 4},
    "migrations": ["accounts.0001_initial", "accounts.0002_second"],
    "objects": {"database.dump.zst.age": {"plain_bytes": 2048, "bytes": 512, "sha256": "f00d"}},
    "content": {
        "public.accounts_user": {"rows": 1234, "digest": "1-2-3-4"},
        "public.contacts_contact": {"rows": 7, "digest": "5-6-7-8"},
        "public.accounts_user_id_seq": {"value": 99, "called": True},
    },
}


@pytest.fixture
def initech(tenant: Named) -> Tenant:
    return tenant("initech")


@pytest.fixture
def copy(initech: Tenant) -> Backup:
    """An older one, so that it may go."""
    copy_row(initech)
    return copy_row(initech, 2 * DAY, manifest=MANIFEST, key_version=3)


def saved(copy: Backup) -> Backup:
    with bound_to(CATALOG):
        return Backup.objects.get(pk=copy.pk)


def test_the_manifest_is_told_in_words(oscar_client: Client, copy: Backup) -> None:
    page = oscar_client.get(f"/backups/copies/{copy.pk}/").content.decode()

    for fact in ("t_initech", "age1initech", "version 3", "2 migrations", "1,241", "in 2 tables", "f00d"):
        assert fact in page, fact


def test_tables_are_found_by_name(oscar_client: Client, copy: Backup) -> None:
    content = oscar_client.get(f"/backups/copies/{copy.pk}/?q=CONTACT").context["content"]

    assert [(each.name, each.rows) for each in content] == [("public.contacts_contact", 7)]


def test_the_manifest_is_given_as_it_was_signed(oscar_client: Client, acme: Tenant, take_copy: Take) -> None:
    """Acme's, really taken."""
    taken = take_copy(acme)

    answer = oscar_client.get(f"/backups/copies/{taken.pk}/manifest/")

    from backups.storage import open_store  # noqa: PLC0415 - the storage of this test

    with open_store("reader").read(f"{taken.folder}/manifest.json") as file:
        assert answer.content == file.read(1 << 20)
    assert json.loads(answer.content)["backup"] == str(taken.pk)


def test_a_copy_is_held_for_a_reason_and_let_go(oscar_client: Client, copy: Backup) -> None:
    until = (timezone.now() + 60 * DAY).date()

    oscar_client.post(f"/backups/copies/{copy.pk}/hold/", {"reason": "Case 7", "until": until.isoformat()})
    held = saved(copy)
    assert (held.is_held, held.hold_reason, held.hold_by) == (True, "Case 7", "operator:oscar@amana.example")
    assert held.hold_until is not None
    assert held.hold_until.date() == until
    page = oscar_client.get(f"/backups/copies/{copy.pk}/").content.decode()
    assert f"To be looked at on {words.day(until)}." in re.sub("<[^>]*>", "", page)
    assert "Case 7</bdi> · <bdi>Oscar</bdi>" in page
    assert "You put it on hold yourself: another operator must end that." in page
    assert "/release/" not in page

    refused = oscar_client.post(f"/backups/copies/{copy.pk}/release/", {"reason": "Case closed"})
    assert (refused.status_code, saved(copy).is_held) == (409, True)
    assert "You put it on hold yourself: another operator must end that." in refused.content.decode()

    with bound_to(CATALOG):
        Backup.objects.filter(pk=copy.pk).update(hold_by="operator:priya@amana.example")
    assert "/release/" in oscar_client.get(f"/backups/copies/{copy.pk}/").content.decode()
    oscar_client.post(f"/backups/copies/{copy.pk}/release/", {"reason": "Case closed"})
    assert not saved(copy).is_held


def test_who_may_only_change_the_policy_lets_nothing_go(operator_client: Client, copy: Backup) -> None:
    with bound_to(CATALOG):
        Backup.objects.filter(pk=copy.pk).update(hold_until=timezone.now() + DAY, hold_by="operator:oscar")
        priya = User.objects.invite("priya@amana.example", "Priya")
        fleet.give(priya, "platform.backup:view", "platform.backup:update")
        fleet.let_in(operator_client, priya)

    url = f"/backups/copies/{copy.pk}/release/"
    assert operator_client.post(url, {"reason": "Case closed"}).status_code == 403
    assert saved(copy).is_held
    assert "/release/" not in operator_client.get(f"/backups/copies/{copy.pk}/").content.decode()


@pytest.mark.parametrize(
    "typed",
    [
        {"reason": "", "until": "2027-01-01"},
        {"reason": "Case 7", "until": "2020-01-01"},
        {"reason": "Case 7", "until": "soon"},
        {"reason": "Case 7", "until": "9999-12-31"},
    ],
)
def test_a_hold_without_a_reason_or_a_day_to_come_is_none(
    oscar_client: Client, copy: Backup, typed: dict[str, str]
) -> None:
    answer = oscar_client.post(f"/backups/copies/{copy.pk}/hold/", typed)

    assert answer.status_code == 422
    assert typed["reason"] in answer.content.decode()
    assert not saved(copy).is_held


def test_what_is_not_held_is_not_released(oscar_client: Client, copy: Backup) -> None:
    answer = oscar_client.post(f"/backups/copies/{copy.pk}/release/", {"reason": "Case closed"})

    assert answer.status_code == 409


def test_its_name_must_be_typed_before_it_is_removed(oscar_client: Client, copy: Backup) -> None:
    url = f"/backups/copies/{copy.pk}/remove/"

    answer = oscar_client.post(url, {"typed": "that one", "reason": "No use"})

    assert answer.status_code == 422
    assert f"Type {copy.name} to remove it: nothing was done." in answer.content.decode()


@pytest.mark.parametrize("method", ["get", "post"])
def test_the_last_good_copy_is_not_offered_for_removal(
    oscar_client: Client, initech: Tenant, method: str
) -> None:
    last = copy_row(initech)
    url = f"/backups/copies/{last.pk}/remove/"

    answer = getattr(oscar_client, method)(url, {"typed": last.name, "reason": "No use"})

    assert answer.status_code == 409
    assert "It is the last good copy" in answer.content.decode()
    assert saved(last).is_stored


def test_a_held_copy_is_not_removed(oscar_client: Client, copy: Backup) -> None:
    with bound_to(CATALOG):
        Backup.objects.filter(pk=copy.pk).update(hold_until=timezone.now() + DAY)

    answer = oscar_client.post(f"/backups/copies/{copy.pk}/remove/", {"typed": copy.name, "reason": "No use"})

    assert answer.status_code == 409
    assert saved(copy).is_stored


def test_its_page_follows_the_taking_until_it_is_over(oscar_client: Client, initech: Tenant) -> None:
    copy = copy_row(initech, state="running", snapshot_at=None, finished_at=None)
    url = f"/backups/copies/{copy.pk}/"

    assert 'hx-trigger="every 2s"' in oscar_client.get(url).content.decode()
    part = oscar_client.get(url, headers={"HX-Request": "true"})
    assert (part.status_code, "HX-Refresh" in part) == (200, False)

    with bound_to(CATALOG):
        Backup.objects.filter(pk=copy.pk).update(state="failed", error="The storage is full.")
    over = oscar_client.get(url, headers={"HX-Request": "true"})
    assert (over.status_code, over["HX-Refresh"]) == (286, "true")
    assert "The storage is full." in oscar_client.get(url).content.decode()


def test_a_removed_copy_still_says_what_it_held(oscar_client: Client, copy: Backup) -> None:
    with bound_to(CATALOG):
        Backup.objects.filter(pk=copy.pk).update(removed_at=timezone.now())

    page = oscar_client.get(f"/backups/copies/{copy.pk}/").content.decode()

    assert "t_initech" in page
    assert "Remove before its time" not in page
    assert "/hold/" not in page


def href_of(page: str, words: str) -> str:
    """Where the link leads that says so."""
    found = re.search(rf'<a class="button" href="([^"]+)">(?:(?!</a>).)*{words}</a>', page, re.DOTALL)
    assert found, words
    return unescape(found[1])


def test_a_drill_that_is_started_on_its_page_is_of_that_copy(oscar_client: Client, copy: Backup) -> None:
    page = oscar_client.get(f"/backups/copies/{copy.pk}/").content.decode()

    answer = oscar_client.get(href_of(page, "Start a drill"))

    form = answer.context["form"]
    assert (answer.status_code, form.subject.pk) == (200, copy.tenant_id)
    assert (form["which"].value(), form["copy"].value()) == ("certain", str(copy.pk))
    assert f'<option value="{copy.pk}" selected>' in answer.content.decode()


def test_so_it_is_with_a_copy_of_the_catalog(oscar_client: Client) -> None:
    copy_row(None)
    older = copy_row(None, 2 * DAY)
    page = oscar_client.get(f"/backups/copies/{older.pk}/").content.decode()

    answer = oscar_client.get(href_of(page, "Start a drill"))

    form = answer.context["form"]
    assert (answer.status_code, form.subject) == (200, None)
    assert (form["which"].value(), form["copy"].value()) == ("certain", str(older.pk))


def test_of_a_whole_tenant_the_newest_good_copy_is_drilled_or_restored(
    oscar_client: Client, initech: Tenant
) -> None:
    good = copy_row(initech, 2 * DAY)
    copy_row(initech, damage="a bit flipped")
    page = oscar_client.get(f"/backups/tenants/{initech.pk}/").content.decode()

    drill = oscar_client.get(href_of(page, "Start a drill")).context["form"]

    assert (drill.subject, drill["which"].value()) == (initech, "latest")
    assert href_of(page, "Restore the newest copy") == f"/restores/new/{good.pk}/"


def test_without_a_good_copy_neither_is_offered(oscar_client: Client, initech: Tenant) -> None:
    copy_row(initech, damage="a bit flipped")

    page = oscar_client.get(f"/backups/tenants/{initech.pk}/").content.decode()

    assert "Start a drill" not in page
    assert "Restore the newest copy" not in page
