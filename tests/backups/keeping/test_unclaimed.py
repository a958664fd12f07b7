"""Whole copies that nobody knows of: on a page, with what is believed of them; claimed only where we signed them."""

import json
import shutil
from io import StringIO

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.test import Client
from django.utils import timezone

from audit.models import Alarm
from audit.reading import read
from backups.exceptions import BackupRefused, ManifestRefused
from backups.keeping.claiming import claim_folder
from backups.keeping.reconciling import reconcile_what_can_be
from backups.models import Backup, Pulse
from tenants.binding import CATALOG, bound_to
from tests.backups.keeping.conftest import Copies
from tests.backups.keeping.copies_in_rows import now
from tests.backups.keeping.test_reconciling import made_older

URL = "/backups/unclaimed/"


@pytest.fixture
def lost(copies: Copies) -> Backup:
    """Globex's copy, whose row is gone for two days."""
    made_older(copies, copies.globex.folder, 2)
    with bound_to(CATALOG):
        Backup.objects.filter(pk=copies.globex.pk).delete()
    reconcile_what_can_be()
    return copies.globex


def is_alarmed() -> bool:
    with bound_to(CATALOG):
        return Alarm.objects.filter(kind="unclaimed", closed_at=None).exists()


def test_the_page_shows_what_the_last_reconciling_found(
    copies: Copies, lost: Backup, oscar_client: Client
) -> None:
    page = oscar_client.get(URL)
    [row] = page.context["rows"]
    assert (row.copy.folder, row.copy.tier, row.copy.is_signed) == (lost.folder, lost.tier, True)
    assert row.copy.bytes == sum(each.size for each in copies.store.list(f"{lost.folder}/"))
    assert (row.whose, row.url) == ("Globex", f"/backups/tenants/{lost.tenant_id}/")
    assert "Signed by us" in page.content.decode()
    assert "./manage.py claim_backups FOLDER" in page.content.decode()
    for leads_there in ("/backups/", "/"):
        assert f'href="{URL}"' in oscar_client.get(leads_there).content.decode()


def test_without_any_it_says_so_and_when_they_were_compared(oscar_client: Client) -> None:
    with bound_to(CATALOG):
        Pulse.objects.filter(name=Pulse.RECONCILED).delete()
    assert "weren't compared yet" in oscar_client.get(URL).content.decode()
    with bound_to(CATALOG):
        Pulse.objects.beat(Pulse.RECONCILED, timezone.now())
    page = oscar_client.get(URL).content.decode()
    assert "Nothing is unclaimed" in page
    assert "were last compared on" in page


def test_a_claimed_copy_counts_again_and_the_alarm_is_over(lost: Backup, oscar_client: Client) -> None:
    assert is_alarmed()
    claim_folder(lost.folder)
    found = now(lost)
    assert (found.folder, found.condition, found.tenant_id) == (lost.folder, "stored", lost.tenant_id)
    assert (found.manifest, found.snapshot_at) == (lost.manifest, lost.snapshot_at)
    assert (is_alarmed(), oscar_client.get(URL).context["rows"]) == (False, [])
    with bound_to(CATALOG):
        [event] = read(most=1, action="backups.claimed")
    assert event.details == {"tenant": "globex", "copy": found.name}
    with pytest.raises(BackupRefused, match="the catalog has that copy"):
        claim_folder(lost.folder)


def test_a_copy_whose_attempt_failed_after_the_last_object_is_put_right(copies: Copies) -> None:
    with bound_to(CATALOG):
        Backup.objects.filter(pk=copies.acme.pk).update(state="failed", error="LeaseLost", manifest={})
    claim_folder(copies.acme.folder)
    found = now(copies.acme)
    assert (found.state, found.error, found.due) == ("done", "", copies.acme.due)
    assert found.manifest == copies.acme.manifest


def test_what_mallory_writes_into_the_storage_is_believed_in_nothing(
    copies: Copies, lost: Backup, oscar_client: Client
) -> None:
    """Globex's own copy under a name of Acme's, and a manifest that names Acme: neither becomes a copy of Acme's."""
    acme = copies.acme.tenant
    assert acme is not None
    moved = f"{acme.schema_name}/20260101T010000Z-daily-0123abcd-7"
    shutil.copytree(copies.root / lost.folder, copies.root / moved)
    altered = f"{acme.schema_name}/20260101T010000Z-daily-0123abcd-8"
    shutil.copytree(copies.root / lost.folder, copies.root / altered)
    path = copies.root / altered / "manifest.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {"folder": altered, "tenant": str(acme.pk)}))
    with bound_to(CATALOG):
        before = {*Backup.objects.values_list("pk", flat=True)}
    for folder in (moved, altered):
        made_older(copies, folder, 2)
        with pytest.raises(ManifestRefused):
            claim_folder(folder)
    reconcile_what_can_be()
    rows = {row.copy.folder: row for row in oscar_client.get(URL).context["rows"]}
    assert {folder: rows[folder].copy.is_signed for folder in (moved, altered)} == dict.fromkeys(
        (moved, altered), False
    )
    assert (rows[moved].whose, rows[altered].url) == ("", "")
    with bound_to(CATALOG):
        assert {*Backup.objects.values_list("pk", flat=True)} == before


def test_no_tenant_has_such_a_page(lost: Backup, mallory_client: Client) -> None:
    assert mallory_client.get(URL).status_code == 404


def test_the_command_claims_all_that_are_signed_and_says_which_it_cannot(
    copies: Copies, lost: Backup
) -> None:
    said = StringIO()
    with pytest.raises(CommandError, match="Name a folder, or --all: nothing was claimed"):
        call_command("claim_backups", stdout=said)
    forged = f"{lost.folder[:-1]}9"
    with pytest.raises(CommandError, match=f"Not claimed: {forged}"):
        call_command("claim_backups", forged, stdout=said)
    assert is_alarmed()
    call_command("claim_backups", "--all", stdout=said)
    assert said.getvalue().splitlines()[-1] == f"globex {now(lost).name}: it counts again."
    assert (now(lost).is_stored, is_alarmed()) == (True, False)
