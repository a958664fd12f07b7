"""One tenant's identity lent to one restore: asked for by the restore worker, given by the drill worker.

The borrower is a key that the restore worker made for this restore and holds in memory only. Its signature keeps
anybody else who can write into the catalog from borrowing; what is lent opens nowhere but there.
"""

import logging
import time
from dataclasses import dataclass, field

import pyrage
from django.db import transaction
from django.db.models import QuerySet
from django.utils.module_loading import import_string

from audit.recording import record
from backups.exceptions import BackupError, BackupRefused
from backups.models import Restore
from backups.owners import short_name
from backups.persons import is_proven, is_same_person
from backups.recovery_keys.checking import opened_and_noted
from backups.recovery_keys.finding import key_of
from backups.recovery_keys.proving import is_ours, sign
from backups.recovery_keys.wrapping import new_identity, unwrap_identity
from backups.scheduling import stopping
from tenants.binding import CATALOG, bound_to
from tenants.celery import BROKER_AWAY

logger = logging.getLogger(__name__)
AGREED = (Restore.State.APPROVED, Restore.State.RUNNING)
NOTHING = {"borrower": "", "borrower_signature": b"", "lent_identity": b"", "not_lent": ""}
POLL_SECONDS = 0.25
AGAIN_SECONDS = 10.0
PATIENCE_SECONDS = 120.0


@dataclass(frozen=True)
class Borrowing:
    """What was asked for and is waited for. As a block (`with ask(restore) as borrowing`), it ends with the block."""

    restore: Restore
    ephemeral: str = field(repr=False)

    def wait(self, patience: float = PATIENCE_SECONDS) -> str:
        """What opens the restore's copy. Raises BackupRefused in the drill worker's words, or for silence, and Stopped.

        A message that is lost with its broker costs some seconds: it is sent anew as long as nobody has answered.
        """
        until, again = time.monotonic() + patience, time.monotonic() + AGAIN_SECONDS
        while True:
            if time.monotonic() > again:
                _send(self.restore)
                again = time.monotonic() + AGAIN_SECONDS
            with bound_to(CATALOG):
                self.restore.refresh_from_db(fields=["borrower", "lent_identity", "not_lent"])
            if self.restore.not_lent:
                raise BackupRefused(self.restore.not_lent)
            if self.restore.lent_identity:
                return borrowed_identity(self.restore, self.ephemeral)
            if time.monotonic() > until:
                raise BackupRefused(
                    "The worker lending is silent, so nobody can open the copy: is it running?"
                )
            stopping.check()
            time.sleep(POLL_SECONDS)

    def end(self) -> None:
        give_back(self.restore)

    def __enter__(self) -> "Borrowing":
        return self

    def __exit__(self, *_: object) -> None:
        self.end()


def ask(restore: Restore) -> Borrowing:
    """Ask the drill worker for what opens the restore's copy; whoever asked for it before waits in vain.

    Raises BackupRefused where the restore isn't agreed to, or this process can't sign.
    """
    ephemeral, borrower = new_identity()
    restore.borrower = borrower
    signature = sign(_message(restore))
    with bound_to(CATALOG), transaction.atomic():
        now = Restore.objects.select_for_update().get(pk=restore.pk)
        check_agreed(now)
        asked = NOTHING | {"borrower": borrower, "borrower_signature": signature}
        Restore.objects.filter(pk=restore.pk).update(**asked)
        transaction.on_commit(lambda: _send(restore))
    return Borrowing(restore, ephemeral)


def _send(restore: Restore) -> None:
    try:
        with bound_to(CATALOG):
            import_string("backups.recovery_keys.tasks.lend_identity").delay(str(restore.pk))
    except BROKER_AWAY:
        logger.warning("The broker is away: the drill worker is asked again for what opens the copy.")


def borrowed_identity(restore: Restore, ephemeral: str) -> str:
    """What was lent, opened. Raises RecoveryKeyMissing where it was lent to another key."""
    return unwrap_identity(restore.lent_identity, ephemeral)


def give_back(restore: Restore) -> None:
    """Nothing of the lending remains in the catalog."""
    with bound_to(CATALOG):
        Restore.objects.filter(pk=restore.pk).update(**NOTHING)


def give_back_all() -> int:
    """What restores that are over, or whose worker died, left behind; gives their number. Bound to the catalog."""
    return Restore.objects.exclude(state__in=AGREED).exclude(borrower="").update(**NOTHING)


def lend(restore: Restore) -> None:
    """The drill worker's part, bound to the catalog: what is refused is told in words, and recorded."""
    try:
        identity, version = _identity_for(restore)
    except BackupError as refusal:
        _refuse(restore, str(refusal))
        return
    lent = pyrage.encrypt(identity.encode(), [pyrage.x25519.Recipient.from_str(restore.borrower)])
    if _asked(restore).filter(lent_identity=b"").exists():
        record(
            "backups.identity_lent",
            subject="backups_restore",
            object_id=restore.pk,
            tenant=short_name(restore.tenant),
            version=version,
            restore=str(restore.pk),
        )
        _asked(restore).update(lent_identity=lent)  # once its trace is written, and not before


def _refuse(restore: Restore, why: str) -> None:
    _asked(restore).update(not_lent=why[:500])
    record(
        "backups.identity_lent",
        "refused",
        subject="backups_restore",
        object_id=restore.pk,
        tenant=short_name(restore.tenant),
        restore=str(restore.pk),
        why=why,
    )


def _asked(restore: Restore) -> QuerySet[Restore]:
    """Nothing where somebody asked anew since, or where it is over."""
    return Restore.objects.filter(pk=restore.pk, borrower=restore.borrower).exclude(borrower="")


def _identity_for(restore: Restore) -> tuple[str, int]:
    check_agreed(restore)
    if not is_ours(_message(restore), restore.borrower_signature):
        raise BackupRefused("Whoever asks for the recovery key isn't the restore worker.")
    if restore.backup.tenant_id != restore.tenant_id:
        raise BackupRefused("The copy is another tenant's: its recovery key isn't lent for it.")
    key = key_of(restore.backup)
    return opened_and_noted(key), key.version


def check_agreed(restore: Restore) -> None:
    """Somebody else than who asked for it has said yes, and it isn't over. Raises BackupRefused."""
    if restore.state not in AGREED or not restore.decided_by:
        raise BackupRefused(
            "Nobody has agreed to this restore, or it is over: no recovery key is lent for it."
        )
    if not (is_proven(restore.requested_by) and is_proven(restore.decided_by)):
        raise BackupRefused("Nobody has proved who asked for this restore, or who agreed: no key is lent.")
    if is_same_person(restore.decided_by, restore.requested_by):
        raise BackupRefused("Whoever asked for this restore has also agreed to it: no recovery key is lent.")


def _message(restore: Restore) -> bytes:
    return f"amana borrower 1|{restore.pk}|{restore.backup_id}|{restore.borrower}".encode()
