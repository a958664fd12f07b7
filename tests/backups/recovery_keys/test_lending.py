"""A tenant's identity is lent to one restore that somebody else has agreed to, and to nobody else."""

import pytest
from django.conf import settings as product
from pytest_django import Settings

from backups.exceptions import BackupRefused, RecoveryKeyMissing
from backups.models import Backup, RecoveryKey, Restore
from backups.recovery_keys.finding import current_key
from backups.recovery_keys.lending import Borrowing, ask, borrowed_identity, give_back_all
from backups.recovery_keys.tasks import lend_identity
from backups.recovery_keys.wrapping import new_identity, recipient_of
from tenants.binding import CATALOG, bound_to
from tenants.models import Tenant
from tests.backups.recovery_keys.looking import now, recorded


@pytest.fixture
def restore(acme: Tenant, catalog: None) -> Restore:
    """Of Acme's copy: asked for by Alice, agreed to by Yusuf."""
    with bound_to(CATALOG):
        return restore_of(acme, acme)


def restore_of(tenant: Tenant, of: Tenant) -> Restore:
    backup = Backup.objects.create(tenant=of, tier="manual", state="done", key_version=1)
    return Restore.objects.create(
        tenant=tenant,
        backup=backup,
        purpose="mistake",
        reason="x",
        state="approved",
        requested_by="user:alice@acme.example",
        decided_by="operator:yusuf@amana.example",
    )


def lent(restore: Restore) -> Borrowing:
    """The drill worker hears of it at once."""
    borrowing = ask(restore)
    lend_identity(str(restore.pk))
    return borrowing


def change(restore: Restore, **values: object) -> None:
    with bound_to(CATALOG):
        Restore.objects.filter(pk=restore.pk).update(**values)
        restore.refresh_from_db()


def test_the_restore_gets_what_opens_its_copy(restore: Restore, acme: Tenant) -> None:
    with bound_to(CATALOG):
        key = current_key(acme)
    before = now()
    identity = lent(restore).wait()
    assert recipient_of(identity) == key.recipient
    words = f"The recovery key of acme, version 1, was lent to the restore {restore.pk}"
    assert recorded("backups.identity_lent", before) == [("done", words)]


def test_what_lies_in_the_catalog_opens_for_the_borrower_only(restore: Restore) -> None:
    identity = lent(restore).wait()
    assert identity.encode() not in bytes(restore.lent_identity)
    with pytest.raises(RecoveryKeyMissing):
        borrowed_identity(restore, new_identity()[0])
    with pytest.raises(RecoveryKeyMissing):
        borrowed_identity(restore, product.AMANA_DRILL_KEY)


def test_nothing_of_it_remains_when_the_restore_ends(restore: Restore) -> None:
    with lent(restore) as borrowing:
        borrowing.wait()
    with bound_to(CATALOG):
        restore.refresh_from_db()
    assert (restore.borrower, bytes(restore.lent_identity), bytes(restore.borrower_signature)) == (
        "",
        b"",
        b"",
    )


def test_what_a_dead_worker_left_behind_is_taken_away(restore: Restore) -> None:
    lent(restore).wait()
    change(restore, state="failed")
    with bound_to(CATALOG):
        assert give_back_all() == 1
        restore.refresh_from_db()
        assert give_back_all() == 0
    assert bytes(restore.lent_identity) == b""


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"state": "requested"}, "Nobody has agreed"),
        ({"state": "ready"}, "or it is over"),
        ({"decided_by": ""}, "Nobody has agreed"),
        ({"decided_by": "operator:Alice@acme.example"}, "has also agreed to it"),
        ({"decided_by": "command:yusuf"}, "Nobody has proved who"),
        ({"requested_by": "command:oscar"}, "Nobody has proved who"),
    ],
)
def test_without_anothers_yes_nothing_is_asked_nor_lent(
    restore: Restore, values: dict[str, str], words: str
) -> None:
    before = now()
    borrowing = ask(restore)
    change(restore, **values)
    lend_identity(str(restore.pk))
    with pytest.raises(BackupRefused, match=words):
        borrowing.wait()
    with pytest.raises(BackupRefused, match=words):
        ask(restore)
    change(restore)
    assert bytes(restore.lent_identity) == b""
    assert [outcome for outcome, _ in recorded("backups.identity_lent", before)] == ["refused"]


def test_mallory_writes_into_the_catalog_and_borrows_nothing(restore: Restore) -> None:
    """A key of hers in the place of the restore worker's, with the signature that was there, and with none."""
    for signature in (b"", bytes(64), bytes(_asked(restore).borrower_signature)):
        _, recipient = new_identity()
        change(restore, borrower=recipient, borrower_signature=signature, not_lent="")
        lend_identity(str(restore.pk))
        change(restore)
        assert bytes(restore.lent_identity) == b""
        assert restore.not_lent == "Whoever asks for the recovery key isn't the restore worker."


def _asked(restore: Restore) -> Restore:
    ask(restore)
    change(restore)
    return restore


def test_acmes_restore_doesnt_get_what_opens_globex(acme: Tenant, globex: Tenant, catalog: None) -> None:
    with bound_to(CATALOG):
        restore = restore_of(acme, of=globex)
    with pytest.raises(BackupRefused, match="another tenant's"):
        lent(restore).wait()


def test_an_older_question_is_answered_no_more(restore: Restore) -> None:
    first = ask(restore)
    second = lent(restore)
    second.wait()
    with pytest.raises(RecoveryKeyMissing):
        first.wait(patience=0)


def test_while_the_drill_worker_is_silent_it_says_so(restore: Restore) -> None:
    with pytest.raises(BackupRefused, match="worker lending is silent"):
        ask(restore).wait(patience=0)


def test_who_holds_no_key_neither_asks_nor_lends(restore: Restore, settings: Settings) -> None:
    borrowing = ask(restore)
    settings.AMANA_DRILL_KEY = ""
    lend_identity(str(restore.pk))
    with pytest.raises(BackupRefused, match="doesn't hold AMANA_DRILL_KEY"):
        borrowing.wait()
    settings.AMANA_IDENTITY_KEY = ""
    with pytest.raises(BackupRefused, match="doesn't hold AMANA_IDENTITY_KEY"):
        ask(restore)


def test_a_destroyed_key_isnt_lent(restore: Restore, acme: Tenant) -> None:
    with bound_to(CATALOG):
        key = current_key(acme)
        RecoveryKey.objects.filter(pk=key.pk).update(wrapped=b"", destroyed_at=restore.requested_at)
    with pytest.raises(BackupRefused, match="was destroyed on 20"):
        lent(restore).wait()
