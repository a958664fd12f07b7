"""Whoever can only write into the catalog gets nobody's copies: not with a key of their own, nor with a moved one."""

import pytest
from django.utils import timezone
from pytest_django import Settings

from backups.exceptions import BackupRefused, RecoveryKeyMissing
from backups.models import RecoveryKey
from backups.recovery_keys.checking import check_keys
from backups.recovery_keys.finding import current_key
from backups.recovery_keys.health import versions
from backups.recovery_keys.making import ensure_recovery_key
from backups.recovery_keys.opening import opened
from backups.recovery_keys.rotating import rewrap_all
from backups.recovery_keys.wrapping import new_identity, wrap_identity
from backups.storage.folder import Folder
from tenants.binding import CATALOG, bound_to
from tenants.models import Tenant
from tests.backups.conftest import Take
from tests.backups.recovery_keys.looking import now, recorded


def key_of(tenant: Tenant) -> RecoveryKey:
    with bound_to(CATALOG):
        return RecoveryKey.objects.get(tenant=tenant, version=1)


def alter(key: RecoveryKey, **values: object) -> None:
    with bound_to(CATALOG):
        RecoveryKey.objects.filter(pk=key.pk).update(**values)


def test_nothing_is_encrypted_to_a_recipient_of_mallorys(acme: Tenant, catalog: None) -> None:
    alter(key_of(acme), recipient=new_identity()[1])
    with bound_to(CATALOG), pytest.raises(RecoveryKeyMissing, match="isn't one that we made"):
        current_key(acme)


def test_her_own_key_signed_with_globexs_signature_is_none_of_acmes(
    acme: Tenant, globex: Tenant, catalog: None
) -> None:
    """All of her row, moved: a genuine key, for another tenant."""
    hers = key_of(globex)
    alter(key_of(acme), recipient=hers.recipient, signature=hers.signature, wrapped=hers.wrapped)
    with bound_to(CATALOG):
        with pytest.raises(RecoveryKeyMissing, match="isn't one that we made"):
            current_key(acme)
        with pytest.raises(RecoveryKeyMissing, match="isn't a key that we made"):
            opened(RecoveryKey.objects.get(tenant=acme))


def test_a_newer_version_of_her_making_is_passed_over(acme: Tenant, catalog: None) -> None:
    before, (identity, recipient) = now(), new_identity()
    with bound_to(CATALOG):
        RecoveryKey.objects.create(
            tenant=acme, version=2, recipient=recipient, wrapped=wrap_identity(identity), signature=bytes(64)
        )
        with pytest.raises(RecoveryKeyMissing):
            current_key(acme)
        made = ensure_recovery_key(acme)
        assert (made.version, made.is_genuine, current_key(acme)) == (3, True, made)
        assert recipient not in [made.recipient]
    words = "A recovery key of acme, version 2, that we didn't make was passed over"
    assert recorded("backups.recovery_key_forged", before) == [("refused", words)]


@pytest.mark.parametrize("moved", ["her own", "Globex's"])
def test_a_blob_that_was_moved_is_opened_for_nobody(
    moved: str, acme: Tenant, globex: Tenant, catalog: None
) -> None:
    """The drill worker can unwrap it, and sees that it isn't the key that was signed."""
    blob = wrap_identity(new_identity()[0]) if moved == "her own" else bytes(key_of(globex).wrapped)
    alter(key_of(acme), wrapped=blob)
    with pytest.raises(RecoveryKeyMissing, match="isn't this key"):
        opened(key_of(acme))
    opened(key_of(globex))


def test_the_daily_check_tells_of_it_once_and_of_nothing_else(
    acme: Tenant, globex: Tenant, catalog: None
) -> None:
    alter(key_of(acme), wrapped=bytes(key_of(globex).wrapped))
    before = now()
    assert (check_keys(), check_keys()) == (1, 1)
    words = "The recovery key of acme, version 1, can't be opened: What is wrapped there isn't this key."
    assert recorded("backups.recovery_key_checked", before) == [("failed", words)]
    with bound_to(CATALOG):
        assert [each.tenant for each in RecoveryKey.objects.troubled()] == [acme]
        told = {each.owner: (each.trouble != "", each.is_checked) for each in versions()}
    assert (told["acme"], told["globex"], told["catalog"]) == ((True, True), (False, True), (False, True))


def test_wrapping_anew_doesnt_launder_it(acme: Tenant, catalog: None) -> None:
    blob = wrap_identity(new_identity()[0])
    alter(key_of(acme), wrapped=blob, wrapped_for="somebody else")
    assert rewrap_all() == (0, 1)
    left = key_of(acme)
    assert (bytes(left.wrapped), left.wrapped_for) == (blob, "somebody else")
    assert left.trouble == "What is wrapped there isn't this key."


def test_a_destroyed_key_that_is_declared_alive_opens_nothing(acme: Tenant, catalog: None) -> None:
    alter(key_of(acme), wrapped=b"", destroyed_at=timezone.now())
    alter(key_of(acme), destroyed_at=None)
    with pytest.raises(RecoveryKeyMissing, match="can't be unwrapped"):
        opened(key_of(acme))


def test_who_doesnt_hold_the_identity_key_makes_no_key(
    acme: Tenant, catalog: None, settings: Settings
) -> None:
    settings.AMANA_IDENTITY_KEY = ""
    with bound_to(CATALOG):
        RecoveryKey.objects.filter(tenant=acme).delete()
        with pytest.raises(BackupRefused, match="can't vouch"):
            ensure_recovery_key(acme)
        assert not RecoveryKey.objects.filter(tenant=acme).exists()


def test_no_copy_is_taken_to_a_swapped_recipient(
    acme: Tenant, catalog: None, take_copy: Take, store: Folder
) -> None:
    alter(key_of(acme), recipient=new_identity()[1])
    with pytest.raises(RecoveryKeyMissing, match="nothing is encrypted to it"):
        take_copy(acme)
    assert [*store.list()] == []
