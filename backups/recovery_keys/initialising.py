"""The first keys of a product, made where they are missing: for two people, for workers, and for everybody."""

import base64
import os
from collections.abc import Collection, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.conf import settings
from django.utils import timezone

from backups.exceptions import BackupRefused
from backups.recovery_keys.wrapping import OFFLINE, new_identity, offline_recipients
from backups.signatures import named_keys

KINDS = ("offline", "drill", "manifest", "report")
EVERYBODY = "everybody"


@dataclass(frozen=True)
class Offline:
    """One key that one person keeps: whoever holds it opens every copy, with `age` and what is wrapped."""

    number: int
    identity: str = field(repr=False)
    recipient: str

    @property
    def file(self) -> str:
        return f"offline-recovery-key-{self.number}.txt"

    @property
    def text(self) -> str:
        """As `age-keygen` writes it: `age -d -i FILE` takes it."""
        return f"# created: {timezone.now():%Y-%m-%dT%H:%M:%SZ}\n# public key: {self.recipient}\n{self.identity}\n"


@dataclass(frozen=True)
class Made:
    """What was made: the offline keys, and by holder the lines of the environment."""

    offline: list[Offline]
    lines: dict[str, list[str]] = field(repr=False)


def missing() -> list[str]:
    """Of KINDS, those that this process isn't told the public half of."""
    there = {
        "offline": len({*offline_recipients()}) >= OFFLINE,
        "drill": settings.AMANA_DRILL_RECIPIENT,
        "manifest": settings.AMANA_MANIFEST_PUBLIC_KEY,
        "report": settings.AMANA_REPORT_PUBLIC_KEY,
    }
    return [kind for kind in KINDS if not there[kind]]


def make(kinds: Collection[str]) -> Made:
    """New keys of these kinds; they exist in memory only, and count once the environment names them.

    Of a key that signs, the public halves from before stay beside the new one: what they signed is still believed.
    """
    made = Made([], {EVERYBODY: [], "backup": [], "drill": []})
    if "offline" in kinds:
        made.offline.extend(Offline(number, *new_identity()) for number in range(1, OFFLINE + 1))
        recipients = ",".join(each.recipient for each in made.offline)
        made.lines[EVERYBODY].append(f"AMANA_RECOVERY_RECIPIENTS={recipients}")
    if "drill" in kinds:
        identity, recipient = new_identity()
        made.lines["drill"].append(f"AMANA_DRILL_KEY={identity}")
        made.lines[EVERYBODY].append(f"AMANA_DRILL_RECIPIENT={recipient}")
    for kind, holder in (("manifest", "backup"), ("report", "drill")):
        if kind in kinds:
            private = Ed25519PrivateKey.generate()
            made.lines[holder].append(f"AMANA_{kind.upper()}_KEY={_base64(private.private_bytes_raw())}")
            name = f"AMANA_{kind.upper()}_PUBLIC_KEY"
            public = [_base64(private.public_key().public_bytes_raw()), *named_keys(getattr(settings, name))]
            made.lines[EVERYBODY].append(f"{name}={','.join(public)}")
    return made


def _base64(raw: bytes) -> str:
    return base64.b64encode(raw).decode()


def write_out(made: Made, folder: Path) -> list[Path]:
    """Each into a file of its own, mode 600, all or none. Raises BackupRefused in words, and never overwrites one."""
    _refuse_unfit(folder)
    written: list[Path] = []
    try:
        for path, text in _files(made, folder):
            with os.fdopen(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w") as file:
                written.append(path)
                file.write(text)
                file.flush()
                os.fsync(file.fileno())
    except OSError as error:
        for path in written:
            with suppress(OSError):
                path.unlink()
        raise BackupRefused(f"{folder} can't be written to ({error.strerror}): nothing was made.") from error
    return written


def _refuse_unfit(folder: Path) -> None:
    if not folder.is_dir():
        raise BackupRefused(f"{folder} is no folder: mount the medium first. Nothing was made.")
    for ours in (settings.AMANA_VAR, settings.BASE_DIR):
        if folder.resolve().is_relative_to(Path(ours).resolve()):
            raise BackupRefused(
                f"{folder} lies in Amana's own folder: offline keys go to a medium that leaves this machine."
            )


def _files(made: Made, folder: Path) -> Iterator[tuple[Path, str]]:
    for offline in made.offline:
        yield folder / offline.file, offline.text
    for holder, lines in made.lines.items():
        if lines:
            yield folder / f"{holder}.env", "".join(f"{line}\n" for line in lines)
