"""A copy that is what it should be passes every step, and says so to the byte."""

import base64
import json
import shutil
from html import unescape
from pathlib import Path

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from django.conf import settings as django_settings
from django.test import Client
from pytest_django import Settings

from backups.drilling.coverage import coverage, last_drill
from backups.drilling.reporting import document
from backups.drilling.running import run_next
from backups.drilling.scratch import left, scratch_alone
from backups.drilling.steps import STEPS
from backups.models import Backup, Drill
from tenants.binding import CATALOG, bound_to
from tests.backups.drilling.conftest import last_of, step, wanted
from tests.support.signing_keys import new_pair, replaced

Passed = tuple[Drill, Path]


@pytest.fixture(scope="module")
def passed(stored: tuple[Backup, Path], tmp_path_factory: pytest.TempPathFactory) -> Passed:
    """Once for all tests here: the drill, and the folder that its spool lay in."""
    backup, root = stored
    spools = tmp_path_factory.mktemp("spools")
    storage = shutil.copytree(root, tmp_path_factory.mktemp("passing") / "storage")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(django_settings, "AMANA_BACKUP_STORE", f"file://{storage}")
        patch.setattr(django_settings, "AMANA_DRILL_DIR", spools)
        wanted(backup)
        run_next()
    return last_of(backup), spools


def test_every_step_passes_and_the_copy_counts(passed: Passed) -> None:
    drill, _ = passed
    with bound_to(CATALOG):
        steps = [(each.code, each.state, each.found) for each in drill.steps.all()]
        drilled_at = Backup.objects.get(pk=drill.backup_id).drilled_at
    assert (drill.outcome, drill.error) == ("passed", "")
    assert [code for code, _state, _found in steps] == [kind.code for kind in STEPS]
    assert {state for _code, state, _found in steps} == {"passed"}
    assert drilled_at == drill.finished_at
    assert step(drill, "seal").details["batches"] == 1
    assert step(drill, "files").details["files"] == 1
    assert step(drill, "application").found.endswith("and /contacts/ answers 200.")


def test_nothing_that_could_be_read_is_left(passed: Passed) -> None:
    _, spools = passed
    with scratch_alone() as scratch:
        assert left(scratch) == 0
    assert [*spools.iterdir()] == []


def test_a_stranger_verifies_the_report_with_the_public_key_alone(passed: Passed) -> None:
    drill, _ = passed
    told = json.loads(document(drill))
    key = Ed25519PublicKey.from_public_bytes(base64.b64decode(django_settings.AMANA_REPORT_PUBLIC_KEY))
    signature = base64.b64decode(told["signature"])
    key.verify(signature, told["report"].encode())
    with pytest.raises(InvalidSignature):
        key.verify(signature, told["report"].replace('"passed"', '"failed"', 1).encode())
    report = json.loads(told["report"])
    assert (report["result"], report["failed_step"]) == ("passed", None)
    assert report["backup"] == str(drill.backup_id)
    assert [each["code"] for each in report["steps"]] == [kind.code for kind in STEPS]
    assert report["rto_seconds"] == drill.rto_seconds


def test_a_report_from_before_its_key_was_replaced_is_as_it_was_signed(
    passed: Passed, oscar_client: Client, settings: Settings
) -> None:
    drill, _ = passed
    former = settings.AMANA_REPORT_PUBLIC_KEY
    for name, value in replaced("REPORT", former).items():
        setattr(settings, name, value)
    page = oscar_client.get(f"/drills/{drill.pk}/").content.decode()
    assert "The report is as our drill worker signed it" in page
    assert json.loads(document(drill))["public_key"] == former
    settings.AMANA_REPORT_PUBLIC_KEY = new_pair()[1]
    page = oscar_client.get(f"/drills/{drill.pk}/").content.decode()
    assert "This report isn't as it was signed" in unescape(page)
    assert json.loads(document(drill))["public_key"] == settings.AMANA_REPORT_PUBLIC_KEY


def test_nothing_of_a_row_is_in_the_report(passed: Passed) -> None:
    assert "Zanzibar" not in passed[0].signed_text
    assert "owner@example.com" not in passed[0].signed_text


def test_its_tenant_counts_as_covered(passed: Passed) -> None:
    drill, _ = passed
    with bound_to(CATALOG):
        seen = coverage()
        assert last_drill(drill.tenant) == drill
        [mine] = [each for each in seen.longest if each == drill.tenant]
    assert seen.drilled == 1
    assert vars(mine)["last_drill"] == drill.finished_at


def test_its_page_its_list_and_its_download(passed: Passed, oscar_client: Client) -> None:
    drill, _ = passed
    page = oscar_client.get(f"/drills/{drill.pk}/")
    assert page.status_code == 200
    assert "The report is as our drill worker signed it" in page.content.decode()
    assert "tables with" in page.content.decode()
    assert "Brindley" in oscar_client.get("/drills/?outcome=passed").content.decode()
    failed = oscar_client.get("/drills/?outcome=failed").content.decode()
    assert "No drill is in this state" in failed
    assert '<a class="button " href="/drills/">Show all</a>' in failed
    came = oscar_client.get(f"/drills/{drill.pk}/progress/", headers={"HX-Request": "true"})
    assert came.status_code == 286
    for what in ("data-print", f"/drills/{drill.pk}/report/", "The report is as our drill worker signed it"):
        assert what in came.content.decode()
    answer = oscar_client.post(f"/drills/{drill.pk}/report/")
    assert answer.content == document(drill)
    assert answer["Content-Disposition"] == f'attachment; filename="drill-{drill.pk}.json"'


def test_a_second_person_signs_it_off_and_who_asked_for_it_does_not(
    passed: Passed, oscar_client: Client
) -> None:
    drill, _ = passed
    with bound_to(CATALOG):
        Drill.objects.filter(pk=drill.pk).update(requested_by="operator:oscar@amana.example")
    refused = oscar_client.post(f"/drills/{drill.pk}/sign-off/")
    assert refused.status_code == 409
    assert "a second person must" in refused.content.decode()
    with bound_to(CATALOG):
        assert Drill.objects.get(pk=drill.pk).signed_off_at is None
        Drill.objects.filter(pk=drill.pk).update(requested_by="operator:ada@amana.example")
    assert oscar_client.post(f"/drills/{drill.pk}/sign-off/").status_code == 302
    with bound_to(CATALOG):
        signed = Drill.objects.get(pk=drill.pk)
    assert signed.signed_off_by == "operator:oscar@amana.example"
    assert oscar_client.post(f"/drills/{drill.pk}/sign-off/").status_code == 409


def test_a_report_that_was_changed_since_is_signed_off_by_nobody(
    passed: Passed, oscar_client: Client
) -> None:
    drill, _ = passed
    with bound_to(CATALOG):
        changed = drill.signed_text.replace('"passed"', '"failed"')
        Drill.objects.filter(pk=drill.pk).update(signed_text=changed, signed_off_at=None, signed_off_by="")

    page = oscar_client.get(f"/drills/{drill.pk}/").content.decode()
    refused = oscar_client.post(f"/drills/{drill.pk}/sign-off/")

    assert "This report isn't as it was signed" in unescape(page)
    assert f"/drills/{drill.pk}/sign-off/" not in page
    assert refused.status_code == 409
    with bound_to(CATALOG):
        assert Drill.objects.get(pk=drill.pk).signed_off_at is None


def test_mallory_finds_no_drills_at_a_tenants_site(passed: Passed, mallory_client: Client) -> None:
    drill, _ = passed
    for path in ("/drills/", f"/drills/{drill.pk}/", f"/drills/{drill.pk}/progress/"):
        assert mallory_client.get(path).status_code == 404
    assert mallory_client.post(f"/drills/{drill.pk}/report/").status_code == 404
