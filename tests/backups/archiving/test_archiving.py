"""What the law demands is sealed for two keys that lie in no machine, and outlives the tenant's own keys."""

import io
import json
from contextlib import suppress
from datetime import date
from zipfile import ZipFile

import pyrage
import pytest
from django.conf import settings as product
from pytest_django import Settings

from audit.models import Alarm
from audit.reading import read
from backups.archiving.asking import Wish, archive
from backups.archiving.recipients import archive_recipients
from backups.archiving.sealing import seal_what_waits
from backups.archiving.staging import IN, left, staged
from backups.archiving.storing import store_what_is_sealed
from backups.exceptions import ArchiveRefused, BackupRefused
from backups.exporting.sealing import Headed, sealed_to
from backups.models import ArchivedCopy, RecoveryKey
from backups.recovery_keys.destroying import certificate_of
from backups.recovery_keys.wrapping import new_identity
from backups.storage.folder import Folder
from tenants.binding import CATALOG, bound_to
from tenants.models import Tenant
from tests.backups.archiving.conftest import LAW, NAME, PHONE, in_days
from tests.backups.conftest import identity_of
from tests.backups.recovery_keys.looking import now, recorded
from tests.support import fleet

PRIYA = "operator:priya@amana.example"


def ask(tenant: Tenant, until: date | None = None, reason: str = LAW) -> ArchivedCopy:
    with bound_to(CATALOG):
        return archive(tenant, Wish(reason, until or in_days(3650)), PRIYA)


def current(copy: ArchivedCopy) -> ArchivedCopy:
    with bound_to(CATALOG):
        found: ArchivedCopy = ArchivedCopy.objects.select_related("tenant").get(pk=copy.pk)
        return found


def sealed(copy: ArchivedCopy, store: Folder) -> bytes:
    with store.read(copy.name) as file:
        return file.read()


def opened(content: bytes, identity: str) -> ZipFile | None:
    with suppress(pyrage.DecryptError):
        return ZipFile(io.BytesIO(pyrage.decrypt(content, [pyrage.x25519.Identity.from_str(identity)])))
    return None


def contacts(found: ZipFile) -> list[tuple[str, str]]:
    lines = found.read("records/contacts_contact.jsonl").decode().splitlines()
    return [(row["name"], row["phone"]) for row in map(json.loads, lines)]


def test_either_offline_key_opens_it_and_nothing_that_a_server_holds(
    initech: Tenant, globex: Tenant, store: Folder, offline: list[str]
) -> None:
    before = now()
    copy = ask(initech)

    assert (seal_what_waits(), store_what_is_sealed()) == (1, 1)

    copy = current(copy)
    content = sealed(copy, store)
    assert (copy.state, copy.condition, copy.bytes) == ("done", "done", len(content))
    assert [each.name for each in store.list()] == [copy.name]
    assert copy.sealed_for == archive_recipients()
    for identity in offline:
        found = opened(content, identity)
        assert found is not None
        assert contacts(found) == [(NAME, PHONE)]
    servers = {
        product.AMANA_DRILL_KEY,
        identity_of(initech),
        identity_of(globex),
        identity_of(None),
        new_identity()[0],
    }
    assert len(servers) == 5
    assert [identity for identity in servers if opened(content, identity)] == []
    assert NAME.encode() not in content
    assert left(IN) == {}
    assert recorded("backups.archive_asked", before) != []
    words = (
        f"An archived copy of {initech.slug} was stored until {copy.keep_until}; its SHA-256 is {copy.sha256}"
    )
    assert recorded("backups.archive_stored", before) == [("done", words)]
    with bound_to(initech):
        [told] = read(action="backups.archived")
    assert (told.reason, told.details["until"]) == (LAW, f"{copy.keep_until}")


def test_closing_waits_for_it_and_never_shreds_it(initech: Tenant, store: Folder, offline: list[str]) -> None:
    copy = ask(initech)
    with pytest.raises(ArchiveRefused, match="An archived copy of it is being made"):
        fleet.close(initech)
    seal_what_waits()
    store_what_is_sealed()

    fleet.close(initech)

    found = opened(sealed(copy, store), offline[1])
    assert found is not None
    assert contacts(found) == [(NAME, PHONE)]  # whose data keys are gone
    with bound_to(CATALOG):
        assert not RecoveryKey.objects.usable().filter(tenant=initech).exists()
        certificate = certificate_of(RecoveryKey.objects.filter(tenant=initech).latest("version"))
        trail = initech.events.get(verb="archived copies stay").details
    assert certificate.is_genuine
    assert certificate.reason == (
        "the tenant was closed; archived copies stay, opened by offline keys alone:"
        f" 1, until {copy.keep_until}"
    )
    assert trail == {"number": "1", "until": f"{copy.keep_until}"}


@pytest.mark.parametrize(
    ("days", "reason", "words"),
    [(0, LAW, "from tomorrow on"), (365 * 51, LAW, "from tomorrow on"), (9, "  ", "Say which law")],
)
@pytest.mark.usefixtures("catalog", "offline")
def test_a_wish_that_makes_no_sense_is_refused(acme: Tenant, days: int, reason: str, words: str) -> None:
    with pytest.raises(ArchiveRefused, match=words):
        ask(acme, in_days(days), reason)
    with bound_to(CATALOG):
        assert not ArchivedCopy.objects.filter(tenant=acme).exists()


def test_one_at_a_time_and_none_of_who_is_closed(acme: Tenant, catalog: None, offline: list[str]) -> None:
    ask(acme)
    with pytest.raises(ArchiveRefused, match="archived already"):
        ask(acme)
    with bound_to(CATALOG):
        ArchivedCopy.objects.update(state="failed")
        Tenant.objects.filter(pk=acme.pk).update(state="closed")
    with pytest.raises(ArchiveRefused, match="no database"):
        ask(acme)
    with bound_to(CATALOG):
        assert ArchivedCopy.objects.filter(tenant=acme).count() == 1


def test_it_is_never_sealed_for_a_machine(
    acme: Tenant, catalog: None, offline: list[str], settings: Settings
) -> None:
    """By mistake, as anything else: a key in AMANA_RECOVERY_RECIPIENTS that the drill worker holds."""
    for wrong in (product.AMANA_DRILL_RECIPIENT, ""):
        settings.AMANA_RECOVERY_RECIPIENTS = f"{new_identity()[1]},{wrong}"
        with pytest.raises(BackupRefused):
            ask(acme)
    with bound_to(CATALOG):
        assert not ArchivedCopy.objects.filter(tenant=acme).exists()


@pytest.mark.parametrize("keys", [1, 2])
def test_what_is_written_is_for_so_many_keys_and_for_no_other(keys: int) -> None:
    for _ in range(20):  # an age header ends with a stanza of chance
        out = io.BytesIO()
        headed = Headed(out)
        with sealed_to([new_identity()[1] for _ in range(keys)], headed) as stream:
            stream.write(b"x")
        assert [number for number in (1, 2, 3) if headed.is_for(number)] == [keys]


def test_what_isnt_as_it_was_sealed_is_not_stored_and_somebody_is_told(
    acme: Tenant, catalog: None, store: Folder, settings: Settings
) -> None:
    settings.AMANA_BACKUP_ATTEMPTS = 1
    with bound_to(CATALOG):
        copy = ArchivedCopy.objects.create(
            tenant=acme, reason=LAW, keep_until=in_days(9), requested_by=PRIYA, is_sealed=True
        )
        ArchivedCopy.objects.update(bytes=3, sha256="0" * 64)
    staged(copy.pk, IN).write_bytes(b"age")

    store_what_is_sealed()

    assert (current(copy).state, current(copy).error) == (
        "failed",
        "What was sealed isn't as it was when it was sealed.",
    )
    assert [*store.list()] == []
    with bound_to(CATALOG):
        assert Alarm.objects.filter(kind="archive", closed_at=None).count() == 1
    assert left(IN) == {}
