"""Closing a tenant makes every copy of it unreadable, wherever it is kept, and says from which day on."""

import base64
import io
import json
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone
from pytest_django import Settings

from backups.exceptions import BackupError, BackupRefused, KeyHeld, RecoveryKeyMissing
from backups.keeping.holding import hold, release
from backups.models import Backup, RecoveryKey, Restore
from backups.pipeline import open_from
from backups.recovery_keys import escrow
from backups.recovery_keys.closed import end_of_closed
from backups.recovery_keys.destroying import certificate_of, destroy_tenant_key
from backups.recovery_keys.finding import key_of
from backups.recovery_keys.opening import opened
from backups.recovery_keys.rotating import rotate_tenant_key
from backups.recovery_keys.wrapping import new_identity, unwrap_identity
from backups.storage.folder import Folder
from backups.taking import DUMP, FILES
from business.contacts.models import Contact
from keys.certificates import ALL_KEYS, certificates, escrow_lifetime
from tenants.binding import CATALOG, bound_to
from tenants.models import Tenant
from tests.backups.conftest import Take, identity_of
from tests.backups.recovery_keys.looking import now, recorded
from tests.support import fleet

NAME = "Zanzibar Spice Ltd"


@pytest.fixture
def held(settings: Settings, tmp_path: Path) -> list[str]:
    """Every key that anybody holds: the drill worker's, and the two that two people keep offline."""
    settings.AMANA_ESCROW_DIR = tmp_path / "escrow"
    offline = [new_identity() for _ in range(2)]
    settings.AMANA_RECOVERY_RECIPIENTS = ",".join(public for _, public in offline)
    return [settings.AMANA_DRILL_KEY, *[private for private, _ in offline]]


@pytest.fixture
def initech(held: list[str], new_tenant: Callable[..., Tenant]) -> Tenant:
    tenant = new_tenant(name="Initech")
    with bound_to(tenant):
        Contact.objects.create(name=NAME)
    return tenant


def wrapped_anywhere() -> Iterator[bytes]:
    """Each wrapped identity that is left: in the catalog, and in every escrow that is kept."""
    with bound_to(CATALOG):
        yield from (bytes(each) for each in RecoveryKey.objects.values_list("wrapped", flat=True))
    for path in escrow.escrows():
        for line in path.read_text().splitlines()[1:-1]:
            yield base64.b64decode(json.loads(line)["wrapped"])


def opens(backup: Backup, store: Folder, held: list[str]) -> bool:
    """Whether anything that is held opens the copy's dump, by itself or by way of what is wrapped somewhere."""
    identities = {*held}
    for wrapped in wrapped_anywhere():
        for key in held:
            with suppress(RecoveryKeyMissing):
                identities.add(unwrap_identity(wrapped, key))
    return any(_opens(backup, store, identity) for identity in identities)


def _opens(backup: Backup, store: Folder, identity: str) -> bool:
    found = io.BytesIO()
    try:
        with store.read(f"{backup.folder}/{DUMP}") as file:
            open_from(file, found, identity)
    except BackupError:
        return False
    return NAME.encode() in found.getvalue()


def grown_older(path: Path, by: timedelta) -> Path:
    """The same escrow, made so much earlier: its name says when it ends."""
    return path.rename(path.with_name(f"{escrow.made_at(path) - by:{escrow.NAME}}"))


def test_a_kept_copy_opens_until_the_last_escrow_ends_and_then_never(
    initech: Tenant, take_copy: Take, store: Folder, held: list[str]
) -> None:
    backup = take_copy(initech)
    kept = escrow.make_escrow()
    assert opens(backup, store, held)

    fleet.close(initech)

    with pytest.raises(RecoveryKeyMissing, match=r"was destroyed on 20\d\d-"), bound_to(CATALOG):
        opened(key_of(backup))
    with bound_to(CATALOG):
        certificate = certificate_of(key_of(backup))
    assert certificate.is_genuine
    assert opens(backup, store, held)  # by the escrow from before, until it ends
    assert escrow.ends_at(kept) <= certificate.final_at

    aged = grown_older(kept, by=escrow_lifetime())
    assert escrow.expire_escrows() == [aged]
    assert not opens(backup, store, held)
    assert {each.name.rpartition("/")[2] for each in store.list()} >= {DUMP, FILES, "manifest.json"}


def test_an_escrow_made_after_it_opens_nothing_of_the_tenant(
    initech: Tenant, take_copy: Take, store: Folder, held: list[str]
) -> None:
    backup = take_copy(initech)
    fleet.close(initech)
    escrow.make_escrow()
    assert not opens(backup, store, held)


def test_the_catalogs_own_copy_from_before_doesnt_open_it_either(
    initech: Tenant, take_copy: Take, store: Folder, held: list[str]
) -> None:
    """Nothing that was ever wrapped is in the catalog's dump: neither its table nor what its activity log tells."""
    with bound_to(CATALOG):
        rotate_tenant_key(initech)
        blobs = [bytes(each.wrapped) for each in RecoveryKey.objects.filter(tenant=initech)]
    catalogs, found = take_copy(None), io.BytesIO()
    with store.read(f"{catalogs.folder}/{DUMP}") as file:
        open_from(file, found, identity_of(None))
    assert initech.slug.encode() in found.getvalue()
    for spelling in (
        b"age-encryption.org",
        b"age-encryption.org".hex().encode(),
        *[each[-40:].hex().encode() for each in blobs],
    ):
        assert spelling not in found.getvalue()


def test_it_is_certified_told_in_the_trail_and_recorded(initech: Tenant, held: list[str]) -> None:
    before = now()
    with bound_to(CATALOG):
        rotate_tenant_key(initech)
    fleet.close(initech)
    [certificate] = [each for each in certificates(of=initech.pk) if each.subject == "all recovery keys"]
    assert (certificate.keys, certificate.by, certificate.reason) == (2, "test", "the tenant was closed")
    assert certificate.final_at - certificate.destroyed_at == timedelta(days=3)
    assert certificate.is_genuine
    with bound_to(CATALOG):
        [event] = initech.events.filter(verb="recovery keys destroyed")
        rows = [*RecoveryKey.objects.filter(tenant=initech)]
    assert event.details == {"certificate": str(certificate.id), "final_at": certificate.final_at.isoformat()}
    assert [bytes(row.wrapped) for row in rows] == [b"", b""]
    assert {row.destroyed_at for row in rows} == {certificate.destroyed_at}
    final_at = certificate.final_at.isoformat(timespec="minutes")
    words = f"The recovery key of {initech.slug} was destroyed (all recovery keys); its last copy ends on {final_at}"
    assert recorded("backups.recovery_key_destroyed", before) == [("done", words)]


def test_again_it_is_the_same_certificate_and_globexs_key_is_as_it_was(
    acme: Tenant, globex: Tenant, catalog: None, held: list[str]
) -> None:
    with bound_to(CATALOG):
        first = destroy_tenant_key(acme, "test", "the end")
        assert destroy_tenant_key(acme, "somebody", "again") == first
        assert RecoveryKey.objects.usable().filter(tenant=globex).count() == 1
        RecoveryKey.objects.filter(tenant=globex).delete()
        assert destroy_tenant_key(globex, "test", "never had one") is None


def test_what_a_restore_has_borrowed_is_taken_back(acme: Tenant, catalog: None) -> None:
    with bound_to(CATALOG):
        backup = Backup.objects.create(tenant=acme, tier="manual", state="done", key_version=1)
        restore = Restore.objects.create(
            tenant=acme,
            backup=backup,
            purpose="mistake",
            reason="x",
            state="running",
            borrower="age1",
            lent_identity=b"x",
        )
        destroy_tenant_key(acme, "test", "the end")
        restore.refresh_from_db()
    assert (restore.borrower, bytes(restore.lent_identity)) == ("", b"")


def verbs(tenant: Tenant) -> list[str]:
    """What the trail tells of keys, in order."""
    with bound_to(CATALOG):
        told = tenant.events.filter(verb__contains="key").order_by("at")
        return [*told.values_list("verb", flat=True)]


def test_while_a_copy_is_on_hold_its_keys_stay_and_go_when_it_ends(
    initech: Tenant, take_copy: Take, store: Folder, held: list[str]
) -> None:
    """The law demanded the copy, not an unreadable one."""
    backup = take_copy(initech)
    until = timezone.now() + timedelta(days=9)
    hold(backup, until, "Case 7/2026", "operator:oscar@amana.example")

    fleet.close(initech)
    end_of_closed("beat")

    assert opens(backup, store, held)
    assert certificates(of=initech.pk) == []
    assert verbs(initech) == ["keys kept: a copy is on hold"]
    with bound_to(CATALOG):
        told = initech.events.get(verb="keys kept: a copy is on hold").details
        with pytest.raises(KeyHeld, match=r"is on hold .Case 7/2026"):
            destroy_tenant_key(initech, "somebody", "by hand")
    assert told == {"copy": backup.name, "until": f"{until:%Y-%m-%d}", "reason": "Case 7/2026"}

    release(backup, "Settled", "operator:priya@amana.example")
    end_of_closed("beat")
    end_of_closed("beat")

    assert not opens(backup, store, held)
    assert verbs(initech)[1:] == ["recovery keys destroyed", "keys destroyed"]
    assert {each.subject for each in certificates(of=initech.pk)} == {"all recovery keys", ALL_KEYS}
    with pytest.raises(BackupRefused, match="nothing opens this copy any more"):
        hold(backup, until, "Case 8/2026", "operator:oscar@amana.example")


def test_only_a_hold_on_a_copy_of_its_own_keeps_a_key(acme: Tenant, globex: Tenant, catalog: None) -> None:
    """And whose day to be looked at has gone by is on hold as before."""
    with bound_to(CATALOG):
        for tenant, until in ((acme, None), (globex, timezone.now() - timedelta(days=1))):
            Backup.objects.create(tenant=tenant, state="done", key_version=1, hold_until=until)
        assert destroy_tenant_key(acme, "test", "the end") is not None
        with pytest.raises(KeyHeld):
            destroy_tenant_key(globex, "test", "the end")
        assert RecoveryKey.objects.usable().filter(tenant__in=[acme, globex]).count() == 1
