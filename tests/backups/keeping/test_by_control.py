"""`expire_backups` from a shell is done by `control`, and whoever asked hears of it however long nothing is said."""

import json
import threading
from io import StringIO
from uuid import UUID

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import transaction
from pytest_django import Settings

from audit.context import acting
from backups.models import Backup, Policy
from backups.storage.folder import Folder
from tenants import control
from tenants.binding import CATALOG, bound_to
from tenants.control import ControlRun, carry_out_run
from tenants.models import Tenant
from tests.backups.keeping.copies_in_rows import copy_of, there

LONG = 1.5


@pytest.fixture(autouse=True)
def handed_over(monkeypatch: pytest.MonkeyPatch, settings: Settings) -> None:
    """To a thread that is `control`, and beats ever so often; whoever asks is impatient."""
    settings.AMANA_PROVISIONER_URL = ""
    monkeypatch.setattr(control, "BEAT_SECONDS", 0.1)
    monkeypatch.setattr(control, "SILENCE_SECONDS", LONG / 2)
    monkeypatch.setattr(
        control, "_hand_over", lambda run: threading.Thread(target=carried_out, args=(run.pk,)).start()
    )


def carried_out(run_id: UUID) -> None:
    with acting("system:control"):
        carry_out_run(run_id)


@pytest.fixture
def old(cast: dict[str, Tenant], store: Folder) -> Backup:
    copy_of(cast["acme"], store, 1)
    return copy_of(cast["acme"], store, 40)


def held(until: threading.Event) -> None:
    with bound_to(CATALOG), transaction.atomic():
        [*Policy.objects.select_for_update()]
        until.wait(LONG)


def expire(*words: str) -> tuple[str, str]:
    said, told = StringIO(), StringIO()
    call_command("expire_backups", "--slug", "acme", *words, stdout=said, stderr=told)
    return said.getvalue(), told.getvalue()


def test_a_round_that_says_nothing_for_long_isnt_given_up_and_its_progress_is_not_in_the_document(
    old: Backup, store: Folder
) -> None:
    until = threading.Event()
    somebody = threading.Thread(target=held, args=(until,))
    somebody.start()
    try:
        said, told = expire("--json")
    finally:
        until.set()
        somebody.join()
    assert [each["id"] for each in json.loads(said)["removed"]] == [str(old.pk)]
    assert told == f"acme {old.name} is gone.\n"
    assert not there(store, old)
    with bound_to(CATALOG):
        assert not ControlRun.objects.exists()


def test_a_storage_that_is_away_there_ends_with_2_here(old: Backup, settings: Settings) -> None:
    settings.AMANA_BACKUP_STORE = "s3://copies/x?endpoint=http://127.0.0.1:9&timeout=1"
    settings.AMANA_STORE_KEEPER = "keeper:secret"
    with pytest.raises(CommandError, match="The storage doesn't answer") as refused:
        expire()
    assert refused.value.returncode == 2
