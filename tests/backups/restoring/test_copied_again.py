"""What was put in force is copied, drilled and witnessed like before: its log keeps its chain, or has begun another."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from pytest_django import Settings

from backups.drilling.running import run_next
from backups.keeping.anchors import check_anchors
from backups.models import Backup, Drill
from backups.taking import take
from business.contacts.models import Contact
from tenants.binding import CATALOG, bound_to
from tests.backups.conftest import claimed
from tests.backups.drilling.conftest import last_of, step, wanted
from tests.backups.restoring.conftest import Kept
from tests.sealing.sealed import seal_now


@pytest.fixture(autouse=True)
def spool(tmp_path: Path, settings: Settings, umbrella: Kept) -> Iterator[None]:
    settings.AMANA_DRILL_DIR = tmp_path / "spool"
    yield
    with bound_to(CATALOG):
        Drill.objects.filter(tenant=umbrella.tenant).delete()


def copied(kept: Kept) -> Backup:
    """A copy of what is served now, with an event that was sealed before it."""
    now = kept.fresh()
    with bound_to(now):
        Contact.objects.create(name="赵敏")
    seal_now(now)
    backup = claimed(now)
    take(backup)
    return backup


def drilled(backup: Backup) -> Drill:
    wanted(backup)
    run_next()
    return last_of(backup)


def anchors(kept: Kept) -> list[str]:
    """The chains that the storage has anchors of."""
    return sorted(path.name for path in (kept.folder / "anchors").iterdir())


def test_its_next_copy_passes_a_drill_and_brings_the_anchors_of_its_log(kept: Kept) -> None:
    old = kept.fresh()
    before = check_anchors(old.place.chain).through
    kept.swapped(kept.ready())

    backup = copied(kept)

    now = kept.fresh()
    assert now.schema_name != old.schema_name
    drill = drilled(backup)
    assert (drill.outcome, drill.error) == ("passed", "")
    assert step(drill, "seal").details["unsealed"] == 0
    found = check_anchors(now.place.chain, backup.snapshot_at)
    assert (found.through, found.faults) == (step(drill, "seal").details["batches"], [])
    assert found.through > before
    assert anchors(kept) == [old.place.chain]


@pytest.mark.slow
def test_a_copy_from_before_still_passes_one(kept: Kept) -> None:
    kept.swapped(kept.ready())
    drill = drilled(kept.backup)
    assert (drill.outcome, drill.error) == ("passed", "")


@pytest.mark.slow
def test_a_log_that_has_begun_anew_passes_too_and_is_witnessed_by_its_new_name(kept: Kept) -> None:
    old = kept.fresh()
    kept.swapped_without_its_log(kept.ready())

    backup = copied(kept)

    now = kept.fresh()
    assert now.place.chain == now.schema_name
    drill = drilled(backup)
    assert (drill.outcome, drill.error) == ("passed", "")
    found = check_anchors(now.place.chain, backup.snapshot_at)
    assert (found.through, found.faults) == (step(drill, "seal").details["batches"], [])
    assert now.place.chain in anchors(kept)
    assert check_anchors(old.place.chain, kept.backup.snapshot_at).faults == []
