"""Of copies under two keys each opens with its own; a wrong or a missing key is refused at the step that needs it."""

import io
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings as product
from django.utils import timezone
from pytest_django import Settings

from audit.models import Alarm
from backups.alarming.watching import watch
from backups.drilling.running import run_next
from backups.exceptions import BackupError, BackupRefused, RecoveryKeyMissing, RestoreRefused
from backups.models import Backup, Drill, RecoveryKey, Restore
from backups.pipeline import open_from
from backups.recovery_keys.rotating import rewrap_all, rotate_tenant_key
from backups.recovery_keys.wrapping import new_identity, unwrap_identity
from backups.restoring import asking
from backups.restoring.carrying import carry
from backups.restoring.steps import new_place
from backups.storage.folder import Folder
from backups.taking import take
from business.contacts.models import Contact
from tenants.binding import CATALOG, bound_to
from tenants.models import Tenant
from tests.backups.conftest import claimed
from tests.backups.drilling.conftest import last_of, step, wanted
from tests.backups.recovery_keys.looking import now, recorded
from tests.backups.restoring.conftest import Kept
from tests.lifecycle.looking import databases
from tests.sealing.sealed import seal_now

BORROW = "Borrow its key, and see that it opens the copy"
NOT_THIS = "What is wrapped there isn't this key."


pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def rotated(umbrella: Kept) -> tuple[Kept, Kept]:
    """Umbrella's copy with two contacts, under its first key; and one with three, under its second."""
    with bound_to(umbrella.tenant):
        Contact.objects.create(name="Harbour Wine BV")
    seal_now(umbrella.tenant)
    with bound_to(CATALOG):
        rotate_tenant_key(umbrella.tenant)
    newer = claimed(umbrella.tenant)
    take(newer)
    return umbrella, Kept(umbrella.tenant, newer, umbrella.folder)


@pytest.fixture
def key(umbrella: Kept) -> Iterator[RecoveryKey]:
    """The first one; whatever is done to it is undone."""
    with bound_to(CATALOG):
        found = RecoveryKey.objects.get(tenant=umbrella.tenant, version=1)
        Alarm.objects.all().delete()
    yield found
    with bound_to(CATALOG):
        found.save()
        Drill.objects.all().delete()
        Backup.objects.filter(pk=umbrella.backup.pk).update(damage="")
        Alarm.objects.all().delete()


def drilled(backup: Backup) -> Drill:
    wanted(backup)
    run_next()
    return last_of(backup)


def standing(tenant: Tenant) -> dict[str, str]:
    """What the alarms about it say, after the minute's look."""
    with bound_to(CATALOG):
        watch()
        found = Alarm.objects.filter(database=tenant.schema_name, closed_at=None, kind__in=("drill", "keys"))
        return dict(found.values_list("kind", "says"))


def failed_at(restore: Restore) -> str:
    """The first step that isn't done."""
    with bound_to(CATALOG):
        assert restore.operation is not None
        return restore.operation.steps.filter(finished_at=None).order_by("position")[0].title


def opened_bytes(kept: Kept, identity: str) -> dict[str, int]:
    """How much comes out of each object, read to its end."""
    sizes = {}
    for name in kept.backup.manifest["objects"]:
        opened = io.BytesIO()
        with Folder(kept.folder).read(f"{kept.backup.folder}/{name}") as source:
            open_from(source, opened, identity)
        sizes[name] = len(opened.getvalue())
    return sizes


def test_a_copy_of_each_key_is_drilled_and_restored(kept: Kept, rotated: tuple[Kept, Kept]) -> None:
    assert [each.backup.key_version for each in rotated] == [1, 2]
    assert len({each.backup.manifest["recipient"] for each in rotated}) == 2
    for each, contacts in zip(rotated, (2, 3), strict=True):
        drill = drilled(each.backup)
        assert (drill.outcome, drill.error) == ("passed", "")
        restore = each.ready()
        assert (restore.state, restore.comparison["differences"]) == ("ready", [])
        with bound_to(new_place(restore)):
            assert Contact.objects.count() == contacts
        with bound_to(CATALOG):
            asking.give_up(restore, "operator:oscar")


def test_neither_opens_with_the_others_key(rotated: tuple[Kept, Kept]) -> None:
    identities = []
    for each in rotated:
        with bound_to(CATALOG):
            key = RecoveryKey.objects.get(tenant=each.tenant, version=each.backup.key_version or 0)
        identities.append(unwrap_identity(key.wrapped, product.AMANA_DRILL_KEY))
    for kept, own, others in zip(rotated, identities, reversed(identities), strict=True):
        said = {name: each["plain_bytes"] for name, each in kept.backup.manifest["objects"].items()}
        assert opened_bytes(kept, own) == said
        with pytest.raises(BackupError, match="It can't be opened"):
            opened_bytes(kept, others)


def test_an_old_copy_opens_with_a_new_offline_key_and_no_longer_with_the_old(
    rotated: tuple[Kept, Kept], catalog: None, settings: Settings
) -> None:
    """Both keepers were replaced, and all was wrapped anew: neither old paper is of use, either new one is."""
    former = _offline_keys()
    keepers = [new_identity() for _ in range(2)]
    settings.AMANA_RECOVERY_RECIPIENTS = ",".join(public for _private, public in keepers)
    with bound_to(CATALOG):
        keys = RecoveryKey.objects.filter(tenant=rotated[0].tenant)
        assert all(unwrap_identity(key.wrapped, each) for key in keys for each in former)

    rewrap_all()

    for kept in rotated:
        with bound_to(CATALOG):
            key = RecoveryKey.objects.get(tenant=kept.tenant, version=kept.backup.key_version or 0)
        said = {name: each["plain_bytes"] for name, each in kept.backup.manifest["objects"].items()}
        for private, _public in keepers:
            assert opened_bytes(kept, unwrap_identity(key.wrapped, private)) == said
        for old in former:
            with pytest.raises(RecoveryKeyMissing):
                unwrap_identity(key.wrapped, old)


def _offline_keys() -> list[str]:
    secrets = json.loads((Path(product.AMANA_VAR) / "secrets.json").read_text())
    return [str(each) for each in secrets["offline recovery keys"]]


WRONG = {
    "globex's": (NOT_THIS, NOT_THIS),
    "emptied": ("The recovery key can't be unwrapped with what is held here.",) * 2,
    "lost": (
        "The recovery key of version 1 is missing: restore an escrow.",
        "There is no recovery key version 1: restore an escrow.",
    ),
}


def spoil(key: RecoveryKey, how: str, globex: Tenant) -> None:
    rows = RecoveryKey.objects.filter(pk=key.pk)
    if how == "lost":
        rows.delete()
    elif how == "emptied":
        rows.update(wrapped=b"")
    else:
        rows.update(wrapped=bytes(RecoveryKey.objects.get(tenant=globex, version=1).wrapped))


@pytest.mark.parametrize("how", [*WRONG])
def test_a_wrong_or_lost_key_stops_a_restore_where_it_is_needed(
    rotated: tuple[Kept, Kept], kept: Kept, key: RecoveryKey, cast: dict[str, Tenant], how: str
) -> None:
    """Put back, it goes on from there."""
    operation = kept.begun()
    before, there = now(), databases()
    with bound_to(CATALOG):
        spoil(key, how, cast["globex"])

    with pytest.raises(BackupRefused, match=WRONG[how][1]):
        carry(operation.pk)

    restore = kept.restore(operation)
    assert (restore.state, restore.error, failed_at(restore)) == ("failed", WRONG[how][1], BORROW)
    assert databases() == there
    assert [outcome for outcome, _words in recorded("backups.identity_lent", before)] == ["refused"]
    assert [*standing(kept.tenant)] == ["keys"]
    with bound_to(CATALOG):
        key.save()
        again = asking.begin(restore, "operator:oscar")
    carry(again.pk)
    assert kept.restore(again).state == "ready"
    assert standing(kept.tenant) == {}


@pytest.mark.parametrize("how", [*WRONG])
def test_a_wrong_or_lost_key_fails_a_drill_at_the_step_that_needs_it(
    rotated: tuple[Kept, Kept], kept: Kept, key: RecoveryKey, cast: dict[str, Tenant], how: str
) -> None:
    """The copy isn't accused: an escrow puts it right."""
    with bound_to(CATALOG):
        spoil(key, how, cast["globex"])

    drill = drilled(kept.backup)

    assert (drill.outcome, drill.failed_step, drill.error) == ("failed", "decrypt", WRONG[how][0])
    assert step(drill, "decrypt").found == WRONG[how][0]
    told, slug = standing(kept.tenant), kept.tenant.slug
    assert told["drill"] == f"The drill of {slug} failed at the step decrypt: its report says what it found."
    assert told["keys"].startswith(f"The recovery key of {slug}, version 1, ")
    with bound_to(CATALOG):
        assert Backup.objects.get(pk=kept.backup.pk).damage == ""
        key.save()
    assert drilled(kept.backup).outcome == "passed"
    assert standing(kept.tenant) == {}


def test_a_destroyed_key_ends_the_copy(kept: Kept, rotated: tuple[Kept, Kept], key: RecoveryKey) -> None:
    """What was agreed to before isn't carried out, what is asked for since isn't taken down."""
    operation = kept.begun()
    there = databases()
    with bound_to(CATALOG):
        RecoveryKey.objects.filter(pk=key.pk).update(wrapped=b"", destroyed_at=timezone.now())
    with pytest.raises(BackupRefused, match="The recovery key was destroyed on 20"):
        carry(operation.pk)
    restore = kept.restore(operation)
    assert (restore.state, failed_at(restore), databases()) == ("failed", BORROW, there)
    with bound_to(CATALOG):
        asking.give_up(restore, "operator:oscar")
    with pytest.raises(RestoreRefused, match="The key of this copy was destroyed"):
        kept.ask()

    drill = drilled(kept.backup)

    says = "The recovery key of version 1 is gone: nobody can open this copy."
    assert (drill.failed_step, drill.error) == ("decrypt", says)
    assert {*standing(kept.tenant)} == {"drill"}
    with bound_to(CATALOG):
        assert Backup.objects.get(pk=kept.backup.pk).damage == f"In a drill: {says}"
