"""`manage.py drill` mirrors the pages; its exit codes: 0 passed, 1 failed, 2 not carried out."""

import json
from pathlib import Path

import pytest
from pytest_django import Settings

from accounts.models import User
from backups.drilling.asking import has_known_asker, unfit_to_sign
from backups.drilling.reporting import is_genuine
from backups.models import Backup, Drill
from backups.storage.folder import Folder
from backups.taking import DUMP
from tenants.binding import CATALOG, bound_to
from tenants.identifiers import new_id
from tenants.models import Tenant
from tests.backups.drilling.conftest import last_of
from tests.support import fleet
from tests.support.authenticator import code_for
from tests.support.command_line import Said, manage, ours

YUSUF, MEI = "yusuf@drills.example", "mei@drills.example"


@pytest.fixture(autouse=True)
def nothing_waits(copy: Backup) -> None:
    with bound_to(CATALOG):
        Drill.objects.all().delete()


def drill(settings: Settings, *arguments: str) -> Said:
    return manage(
        "drill", *arguments, environment={**ours(), "AMANA_BACKUP_STORE": settings.AMANA_BACKUP_STORE}
    )


@pytest.mark.slow
def test_a_copy_that_passes_ends_with_0_and_a_line_for_each_step(
    copy: Backup, tenant: Tenant, settings: Settings
) -> None:
    said = drill(settings, "--tenant", tenant.slug)
    assert said.code == 0
    assert [line.split()[:2] for line in said.lines][:2] == [["room", "passed"], ["fetch", "passed"]]
    assert said.lines[-1] == "passed: the copy is what it should be."
    assert last_of(copy).requested_by.startswith("command:")
    assert not has_known_asker(last_of(copy))


def test_a_copy_that_fails_ends_with_1_and_its_signed_report(
    copy: Backup, tenant: Tenant, storage: Folder, settings: Settings
) -> None:
    path = Path(storage.root) / copy.folder / DUMP
    path.write_bytes(path.read_bytes()[:-1])
    said = drill(settings, "--tenant", tenant.slug, "--json")
    assert said.code == 1
    assert ["hash", "failed"] in [line.split()[:2] for line in said.error.splitlines()]
    assert json.loads(said.output)["failed_step"] == "hash"
    assert is_genuine(said.output.rstrip("\n"), bytes(last_of(copy).signature))


def test_what_cant_be_carried_out_ends_with_2_in_words(
    copy: Backup, tenant: Tenant, settings: Settings
) -> None:
    stranger = new_id()
    said = drill(settings, "--tenant", tenant.slug, "--backup", str(stranger))
    assert (said.code, said.output) == (2, "")
    assert said.error.splitlines()[-1] == f"drill: There is no copy {stranger} of this one."
    with bound_to(CATALOG):
        assert not Drill.objects.exists()


@pytest.mark.slow
def test_who_asks_for_it_gives_the_code_that_their_app_shows(
    copy: Backup, tenant: Tenant, settings: Settings
) -> None:
    """Once; and whoever may not, or hasn't got the phone, asks for nothing."""
    with bound_to(CATALOG):
        for email, role in ((YUSUF, "recovery_operator"), (MEI, "support_engineer")):
            fleet.add_user(email, email.partition("@")[0].title(), role)
    words = ("--tenant", tenant.slug)
    refused = [
        drill(settings, *words, "--as", email, "--code", code_for(CATALOG, email) + more)
        for email, more in ((YUSUF, "x"), (MEI, ""))
    ]
    assert [(said.code, said.output) for said in refused] == [(2, ""), (2, "")]
    assert ["code is wrong" in refused[0].error, "may not do that" in refused[1].error] == [True, True]
    with bound_to(CATALOG):
        assert not Drill.objects.exists()

    said = drill(settings, *words, "--as", YUSUF, "--code", code_for(CATALOG, YUSUF))
    with bound_to(CATALOG):
        User.objects.filter(email__in=(YUSUF, MEI)).update(is_active=False)
    assert (said.code, last_of(copy).requested_by) == (0, f"operator:{YUSUF}")
    assert unfit_to_sign(last_of(copy), f"operator:{YUSUF}") != ""
    assert unfit_to_sign(last_of(copy), "operator:priya@drills.example") == ""
