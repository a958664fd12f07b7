"""The catalog's copy is drilled like a tenant's, as far as a step applies."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from pytest_django import Settings

from backups.models import Backup
from backups.taking import take
from tenants.binding import CATALOG, bound_to
from tests.backups.conftest import claimed
from tests.backups.drilling.conftest import Drilled, step


@pytest.fixture
def catalogs_copy(tmp_path: Path, settings: Settings, cast: object) -> Iterator[Backup]:
    settings.AMANA_BACKUP_STORE = f"file://{tmp_path}/storage"
    settings.AMANA_DRILL_DIR = tmp_path / "spool"
    backup = claimed(None)
    take(backup)
    yield backup
    with bound_to(CATALOG):
        Backup.objects.filter(pk=backup.pk).delete()


@pytest.mark.slow
def test_the_catalogs_copy_passes_and_says_what_does_not_apply(
    catalogs_copy: Backup, drilled: Drilled
) -> None:
    drill = drilled(catalogs_copy)
    assert (drill.outcome, drill.error) == ("passed", "")
    with bound_to(CATALOG):
        left_out = {each.code: each.found for each in drill.steps.filter(state="skipped")}
    assert left_out == {"files": "The catalog has no files."}
    said = step(drill, "application").found
    assert said.endswith("and / answers 200.")
