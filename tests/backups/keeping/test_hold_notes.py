"""What is on hold is written down beside the copies, signed, and taken away when the hold ends."""

import json
from datetime import datetime, timedelta

import pytest
from django.utils import timezone
from pytest_django import Settings

from backups.keeping.hold_notes import HoldNote, end_hold_notes, read_hold_notes, write_hold_notes
from backups.keeping.holding import hold, hold_as_noted, release
from backups.models import Backup
from backups.storage.folder import Folder
from config.celery import app
from tenants.binding import CATALOG, bound_to
from tenants.models import Tenant
from tests.backups.conftest import forget_copies
from tests.backups.keeping.copies_in_rows import copy_of, now
from tests.support.post import posted
from tests.support.signing_keys import new_pair, replaced

OSCAR, PRIYA = "operator:oscar@amana.example", "operator:priya@amana.example"


@pytest.fixture(autouse=True)
def alone(catalog: None) -> None:
    with bound_to(CATALOG):
        forget_copies()


@pytest.fixture
def until() -> datetime:
    return timezone.now() + timedelta(days=365)


@pytest.fixture
def held(acme: Tenant, store: Folder, until: datetime) -> Backup:
    copy = copy_of(acme, store, 40)
    hold(copy, until, "Inquiry 2026/17 about Zanzibar", OSCAR)
    return copy


def there(store: Folder) -> list[str]:
    return [each.name for each in store.list("holds/")]


def test_a_hold_is_written_down_once_without_its_reason(held: Backup, store: Folder, until: datetime) -> None:
    copy_of(held.tenant, store, 1)
    assert (write_hold_notes(), write_hold_notes()) == (1, 0)
    [name] = there(store)
    assert name.startswith(f"holds/{held.pk}/")
    assert read_hold_notes(store) == {held.pk: HoldNote(held.pk, held.tenant_id, until, OSCAR, False)}
    assert b"Zanzibar" not in (store.root / name).read_bytes()
    assert end_hold_notes() == 0
    assert there(store) == [name]


def test_it_goes_when_the_hold_ends(held: Backup, store: Folder) -> None:
    write_hold_notes()
    release(held, "Settled", PRIYA)
    assert (end_hold_notes(), there(store)) == (1, [])


def test_both_happen_at_once(acme: Tenant, store: Folder, until: datetime) -> None:
    copy = copy_of(acme, store, 40)
    with posted(CATALOG):
        hold(copy, until, "Inquiry", OSCAR)
    assert [*read_hold_notes(store)] == [copy.pk]
    with posted(CATALOG):
        release(copy, "Settled", PRIYA)
    assert there(store) == []


@pytest.mark.parametrize(("task", "queue"), [("write_holds", "backup"), ("end_holds", "control")])
def test_who_may_write_writes_and_who_may_delete_deletes(task: str, queue: str) -> None:
    name = f"backups.keeping.tasks.{task}"
    app.loader.import_default_modules()
    assert app.amqp.router.route({}, name)["queue"].name == queue
    assert name in [entry["task"] for entry in app.conf.beat_schedule.values()]


def test_held_for_another_day_the_newer_note_stays(held: Backup, store: Folder, until: datetime) -> None:
    write_hold_notes()
    hold(held, until + timedelta(days=9), "Inquiry", PRIYA)
    assert end_hold_notes() == 0
    write_hold_notes()
    assert len(there(store)) == 2
    assert (end_hold_notes(), len(there(store))) == (1, 1)
    assert read_hold_notes(store)[held.pk].by == PRIYA


def test_that_its_customer_was_closed_is_written_down_too(held: Backup, store: Folder) -> None:
    write_hold_notes()
    with bound_to(CATALOG):
        Tenant.objects.filter(backups=held).update(state="closed")
    assert (write_hold_notes(), end_hold_notes()) == (1, 1)
    assert read_hold_notes(store)[held.pk].is_closed


def test_once_the_key_that_signs_was_replaced_it_is_signed_anew(
    held: Backup, store: Folder, settings: Settings
) -> None:
    write_hold_notes()
    for name, value in replaced("MANIFEST", settings.AMANA_MANIFEST_PUBLIC_KEY).items():
        setattr(settings, name, value)
    assert [*read_hold_notes(store)] == [held.pk]
    assert (write_hold_notes(), end_hold_notes()) == (1, 1)
    settings.AMANA_MANIFEST_PUBLIC_KEY = settings.AMANA_MANIFEST_PUBLIC_KEY.partition(",")[0]
    assert [*read_hold_notes(store)] == [held.pk]
    settings.AMANA_MANIFEST_PUBLIC_KEY = new_pair()[1]
    assert read_hold_notes(store) == {}


def test_what_mallory_writes_there_is_passed_over(
    held: Backup, globex: Tenant, store: Folder, until: datetime
) -> None:
    """Altered, unsigned, or a true note under the name of another copy: nothing else is held for it."""
    theirs = copy_of(globex, store, 40)
    write_hold_notes()
    [name] = there(store)
    true = (store.root / name).read_bytes()
    signature, _, content = true.partition(b"\n")
    forged = json.dumps(json.loads(content) | {"backup": str(theirs.pk)}).encode()
    for number, whole in enumerate((signature + b"\n" + forged, forged, b"", b"\xff\n{}", true)):
        with store.write(f"holds/{theirs.pk}/{number}.hold") as file:
            file.write(whole)
    for nameless in ("holds/z", "holds/x/y.hold", f"holds/{'-' * 36}/y.hold"):
        with store.write(nameless) as file:
            file.write(true)
    assert [*read_hold_notes(store)] == [held.pk]
    assert hold_as_noted(read_hold_notes(store).values()) == 0
    assert end_hold_notes() == 5
    assert (now(theirs).is_held, now(held).hold_reason) == (False, "Inquiry 2026/17 about Zanzibar")


def test_what_the_catalog_has_lost_stays_and_is_on_hold_again(
    held: Backup, store: Folder, until: datetime
) -> None:
    """And who held it is remembered: another one must end it."""
    write_hold_notes()
    with bound_to(CATALOG):
        Backup.objects.filter(pk=held.pk).update(hold_until=None, hold_reason="", hold_by="")
    assert hold_as_noted(read_hold_notes(store).values()) == 1
    again = now(held)
    assert (again.hold_until, again.hold_by) == (until, OSCAR)
    assert again.hold_reason.startswith("as the storage says")
    with bound_to(CATALOG):
        Backup.objects.filter(pk=held.pk).delete()
    assert end_hold_notes() == 0
    assert len(there(store)) == 1
    assert hold_as_noted(read_hold_notes(store).values()) == 0
