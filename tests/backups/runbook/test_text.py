"""One runbook: the page, the file beside the copies and the document say the same."""

from io import StringIO
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import call_command
from django.test import Client
from django.utils import translation

from backups.runbook.laying import lay_runbook
from backups.runbook.writing import as_markdown, as_text
from backups.storage.folder import Folder
from tests.backups.runbook.conftest import Page, Umbrella
from tests.house.reading import ROOT

KEY = settings.AMANA_MANIFEST_PUBLIC_KEY


def test_the_document_is_the_runbook() -> None:
    """./manage.py runbook --markdown > docs/runbook.md"""
    assert (ROOT / "docs/runbook.md").read_text() == as_markdown()


def test_every_command_of_the_page_is_in_the_file(page: Page) -> None:
    text = as_text(KEY)
    flat = {line.strip() for line in text.splitlines()}
    assert page.blocks
    for block in page.blocks.values():
        assert {line.strip() for line in block.splitlines()} <= flat


def test_it_is_english_whoever_writes_it() -> None:
    with translation.override("ar"):
        assert as_text(KEY) == as_text(KEY)
        assert "Whose copy is it" in as_text(KEY)


def test_no_line_is_too_long_for_paper(page: Page) -> None:
    lines = [line for block in page.blocks.values() for line in block.splitlines()]
    assert [line for line in lines if len(line) > 118 and "PUBLIC KEY" not in line] == []


def test_a_copy_brings_it_to_the_storage(umbrella: Umbrella) -> None:
    assert (umbrella.store / "RUNBOOK.txt").read_text() == as_text(KEY)


def test_a_newer_text_lies_beside_the_older(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = Folder(tmp_path)
    monkeypatch.setattr(settings, "AMANA_BACKUP_STORE", f"file://{tmp_path}")
    lay_runbook(store)
    first = (tmp_path / "RUNBOOK.txt").read_bytes()
    monkeypatch.setattr(settings, "AMANA_MANIFEST_PUBLIC_KEY", "A" * 44)

    lay_runbook(store)
    lay_runbook(store)

    assert (tmp_path / "RUNBOOK.txt").read_bytes() == first
    [newer] = tmp_path.glob("RUNBOOK-*.txt")
    assert newer.read_text() == as_text("A" * 44)


def test_it_is_printed_by_a_command() -> None:
    out = StringIO()
    call_command("runbook", stdout=out)
    assert out.getvalue() == as_text(KEY)


def test_mallory_finds_no_runbook_at_a_tenants_site(mallory_client: Client) -> None:
    assert mallory_client.get("/runbook/").status_code == 404


def test_whoever_may_not_see_copies_does_not_see_it(operator_client: Client) -> None:
    assert operator_client.get("/runbook/").status_code == 302
