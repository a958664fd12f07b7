"""Why a backup, a restore or a drill can't be."""

from datetime import datetime

from django.utils.translation import gettext as _

from tenants.exceptions import TenancyError


class BackupError(TenancyError):
    """Base of them all; its words are for whoever asked.

    As the end of a command it is 2: whatever was asked for wasn't carried out, and nothing was found of any copy.
    """

    exit_code = 2


class BackupRefused(BackupError):
    """It isn't allowed now, or not for this one."""


class RestoreRefused(BackupError):
    """It may not be restored, not by this person, or not now."""


class NotProven(BackupError):
    """Whoever types isn't who they say, or may not do that."""


class ExportRefused(BackupError):
    """No export of all data now, or not to that key."""


class ArchiveRefused(BackupError):
    """It isn't archived like this, or isn't taken out: not by this person, or not now."""


class DumpFailed(BackupError):
    """pg_dump, the compressor or the encryption ended before the end."""


class StorageAway(BackupError):
    """The storage doesn't answer, is full, or answers with an error of its own: worth another try."""


class StorageForbids(StorageAway):
    """This credential may not do that: another try is of use once somebody has mended it."""


class ObjectExists(BackupError):
    """There is an object of that name, and none is ever written over."""


class ObjectMissing(BackupError):
    """There is no such object in the storage."""


class ManifestRefused(BackupError):
    """A manifest that we didn't sign, or that isn't of this backup."""


class CopyDamaged(BackupError):
    """What is stored isn't what the manifest says."""


class NotWhatWasCopied(CopyDamaged):
    """What came out of a copy isn't what went in; `found` stands on the copy then, until a drill of it passes."""

    def __init__(self, says: str, found: str) -> None:
        super().__init__(says)
        self.found = found


class RecoveryKeyMissing(BackupError):
    """There is no key to encrypt to or to decrypt with: none was made, or it was destroyed."""


class KeyHeld(BackupRefused):
    """A copy that this key opens is on hold."""

    def __init__(self, copy: str, until: datetime, reason: str) -> None:
        super().__init__(
            _(
                "The copy %(copy)s is on hold (%(reason)s), to be looked at on %(day)s: until it ends its key stays."
            )
            % {"copy": copy, "day": f"{until:%Y-%m-%d}", "reason": reason}
        )
        self.copy, self.until, self.reason = copy, until, reason


class EscrowRefused(BackupError):
    """The escrow of recovery keys can't be believed, or may not be restored here."""


class EndingRefused(BackupError):
    """What would end now can't be made again, and a wrong clock would end just the same: somebody must look first."""


class LeaseLost(BackupError):
    """Somebody else took it over: whatever this worker has made doesn't count."""


class DrillRefused(BackupError):
    """This drill can't be asked for, stopped or signed off like this."""


class StepFailed(BackupError):
    """What a drill's step was to prove isn't so; its words say what is instead."""

    def __init__(self, says: str, **details: object) -> None:
        super().__init__(says)
        self.details = details


class NotOfTheCopy(StepFailed):
    """A step couldn't prove anything, for want of something that isn't in the copy: a key, a role, code that works."""


class MachineFailed(BackupError):
    """A disk or a server that a drill works on has no room or has gone: another try may go well."""


class DrillStopped(BackupError):
    """Somebody asked to stop it."""


class ScratchTaken(BackupError):
    """Another drill works on `scratch` just now."""


class PolicyRefused(BackupError):
    """Copies aren't kept for so short a time, or there is no shortening to take back."""


class ChangedMeanwhile(BackupError):
    """What was typed was typed over something that isn't there any more."""
