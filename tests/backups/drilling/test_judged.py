"""A drill that fails at the copy takes its good standing away; one that fails at the machine doesn't."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone
from pytest_django import Settings

from audit.reading import read
from backups.alarming.watching import good_copies
from backups.drilling.ending import end
from backups.drilling.judging import About
from backups.drilling.planning import copies_to_prove
from backups.drilling.steps import STEPS
from backups.exceptions import RestoreRefused
from backups.keeping.guarding import last_good
from backups.keeping.verifying import note_damage, verify
from backups.models import Backup, Drill
from backups.recovery_keys.wrapping import new_identity
from backups.restoring import asking
from backups.storage.folder import Folder
from backups.taking import DUMP
from tenants.binding import CATALOG, bound_to
from tests.backups.drilling.conftest import Drilled, wanted
from tests.backups.drilling.forging import alter
from tests.backups.drilling.test_stored_wrong import refreshed
from tests.backups.rows import copy_row

PROVEN = timezone.now() - timedelta(days=3)
WISH = asking.Wish("mistake", "Contacts were deleted", False, "")


@pytest.fixture
def proven(copy: Backup) -> Backup:
    """Verified, and restored in a drill three days ago."""
    with bound_to(CATALOG):
        Backup.objects.filter(pk=copy.pk).update(drilled_at=PROVEN, verified_at=PROVEN)
    return refreshed(copy)


def flip_a_bit(copy: Backup, storage: Folder) -> None:
    path = Path(storage.root) / copy.folder / DUMP
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


def claimed_drill(copy: Backup) -> Drill:
    """In our hands, as a worker has it."""
    wanted(copy)
    with bound_to(CATALOG):
        found = Drill.objects.may_begin().select_related("tenant", "backup").take()
    assert isinstance(found, Drill)
    return found


def ended(copy: Backup, about: About, code: str = "content") -> Backup:
    """As if a drill of it had failed there."""
    end(claimed_drill(copy), failed=code, error="public.orders has 3 rows and not 4.", about=about)
    return refreshed(copy)


def test_one_forged_byte_and_it_is_no_copy_any_more(
    proven: Backup, storage: Folder, drilled: Drilled
) -> None:
    older = copy_row(proven.tenant, timedelta(days=2), database=proven.database)
    alter(proven, storage, lambda dump: dump.replace(b"\tZanzibar Spice Ltd\t", b"\tZanzibar Spice Lte\t"))

    drill = drilled(refreshed(proven))

    copy = refreshed(proven)
    says = "public.contacts_contact has as many rows, and other content."
    assert (drill.failed_step, copy.damage) == ("content", f"In a drill: {says}")
    assert (copy.condition, copy.drilled_at) == ("damaged", None)
    with bound_to(CATALOG):
        of_tenant = [*good_copies().filter(tenant=copy.tenant)]
        assert of_tenant == [*Backup.objects.good().filter(tenant=copy.tenant)] == [older]
        assert last_good(copy) == {older.pk}
        assert copies_to_prove(copy.tenant) == [older]
        with pytest.raises(RestoreRefused, match="This copy is damaged"):
            asking.ask(copy.tenant, copy, "operator:oscar", WISH)  # type: ignore[arg-type]
        noted = next(each for each in read(action="backups.verified") if each.outcome == "failed")
        older.delete()
    assert (noted.details["why"], noted.details["copy"]) == (says, copy.name)


def test_what_is_wrong_with_its_bytes_verifying_takes_back_once_they_are_right(
    proven: Backup, storage: Folder, drilled: Drilled
) -> None:
    flip_a_bit(proven, storage)
    drilled(proven)
    spoilt = refreshed(proven)
    assert spoilt.damage.startswith(f"In the storage: {DUMP} has as many bytes as it should")
    assert (spoilt.condition, spoilt.drilled_at) == ("damaged", None)

    flip_a_bit(proven, storage)
    verify(spoilt)
    assert refreshed(proven).condition == "verified"


def test_what_is_wrong_inside_of_it_only_another_drill_takes_back(proven: Backup) -> None:
    spoilt = ended(proven, About.COPY)
    assert spoilt.damage == "In a drill: public.orders has 3 rows and not 4."
    verify(spoilt)
    assert refreshed(proven).condition == "damaged"
    note_damage(spoilt, "its disk was away.")
    assert refreshed(proven).damage == spoilt.damage

    end(claimed_drill(proven))
    assert (refreshed(proven).condition, refreshed(proven).damage) == ("drilled", "")


def test_a_pass_takes_back_nothing_that_was_found_while_it_ran(proven: Backup) -> None:
    drill = claimed_drill(proven)
    note_damage(refreshed(proven), "an object is gone.")
    end(drill)
    assert refreshed(proven).damage == "In the storage: an object is gone."


def test_what_a_drill_found_inside_outweighs_what_verifying_found(proven: Backup) -> None:
    note_damage(proven, "an object is gone.")
    assert ended(proven, About.COPY).damage == "In a drill: public.orders has 3 rows and not 4."
    assert ended(proven, About.OBJECTS).damage == "In a drill: public.orders has 3 rows and not 4."


def test_what_fails_for_want_of_a_machine_says_nothing_of_the_copy(proven: Backup) -> None:
    assert ended(proven, About.MACHINE, "targets") == proven
    assert (refreshed(proven).condition, refreshed(proven).drilled_at) == ("drilled", proven.drilled_at)


def test_which_steps_speak_of_what() -> None:
    told = {about: {each.code for each in STEPS if each.about is about} for about in About}
    assert told[About.MACHINE] == {"room", "migrations", "application", "targets", "clean"}
    assert told[About.OBJECTS] == {"fetch", "signature", "hash"}
    assert {"header", "decrypt", "parse", "restore", "content", "seal", "files"} < told[About.COPY]


@pytest.mark.parametrize("lost", ["drill key", "anchors"])
def test_a_key_or_anchors_that_a_machine_lost_are_not_the_copys_fault(
    proven: Backup, settings: Settings, tmp_path: Path, drilled: Drilled, lost: str
) -> None:
    if lost == "anchors":
        settings.AMANA_ANCHOR_DIR = tmp_path / "empty"
    else:
        settings.AMANA_DRILL_KEY = new_identity()[0]
    assert drilled(proven).outcome == "failed"
    assert refreshed(proven).condition == "drilled"


def test_a_stopped_drill_judges_nothing(proven: Backup) -> None:
    end(claimed_drill(proven), error="It was stopped.")
    assert refreshed(proven).condition == "drilled"


def test_what_was_agreed_to_isnt_begun_once_a_drill_found_it_wrong(proven: Backup) -> None:
    assert proven.tenant is not None
    with bound_to(CATALOG):
        restore = asking.ask(proven.tenant, proven, "operator:oscar", WISH)
        asking.approve(restore, "operator:priya")
    ended(proven, About.COPY)
    with bound_to(CATALOG):
        with pytest.raises(RestoreRefused, match="found to be damaged since"):
            asking.begin(restore, "operator:oscar")
        restore.refresh_from_db()
        assert (restore.state, restore.operation) == ("approved", None)
        restore.delete()
