"""One copy as its page shows it: on its way, and what its manifest says."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from backups.models import Backup
from interface.workflows import Stage


@dataclass(frozen=True)
class Content:
    """A table or a sequence of the copy, as the manifest knows it; a table has `rows`, a sequence a `value`."""

    name: str
    rows: int | None
    value: int | None
    digest: str


@dataclass(frozen=True)
class Stored:
    """One object of the copy."""

    name: str
    plain_bytes: int
    bytes: int
    sha256: str


def stages_of(backup: Backup) -> list[Stage]:
    """From the wish to the end."""
    ended = backup.state == Backup.State.DONE
    if not ended:
        return [Stage(_("Asked for"), "done", backup.due), _taking(backup), Stage(_("Verified"), "coming")]
    return [
        Stage(_("Taken"), "done", backup.snapshot_at),
        _damaged(backup) if backup.damage else _when(_("Verified"), backup.verified_at),
        _when(_("Restored in a drill"), backup.drilled_at),
        _end(backup),
    ]


def _taking(backup: Backup) -> Stage:
    if backup.state == Backup.State.FAILED:
        return Stage(_("Failed"), "stopped", backup.finished_at)
    return Stage(_("Being taken") if backup.state == Backup.State.RUNNING else _("Waiting"), "present")


def _damaged(backup: Backup) -> Stage:
    return Stage(_("Damaged"), "stopped", backup.verified_at)


def _when(label: str, at: Any) -> Stage:
    return Stage(label, "done" if at else "coming", at)


def _end(backup: Backup) -> Stage:
    if backup.removed_at:
        return Stage(_("Removed"), "done", backup.removed_at)
    if backup.is_held:
        return Stage(_("On hold; look at it on"), "present", backup.hold_until)
    if backup.expires_at and backup.expires_at <= timezone.now():
        return Stage(_("Ends with the next clearing up"), "present", backup.expires_at)
    return Stage(_("Kept until"), "coming", backup.expires_at)


def objects_of(backup: Backup) -> list[Stored]:
    return [Stored(name, **said) for name, said in backup.manifest.get("objects", {}).items()]


def content_of(backup: Backup, text: str = "") -> list[Content]:
    """Tables, then sequences, with `text` in their names."""
    found = (each for each in _content(backup) if text.casefold() in each.name.casefold())
    return sorted(found, key=lambda each: (each.rows is None, each.name))


def _content(backup: Backup) -> Iterator[Content]:
    for name, said in backup.manifest.get("content", {}).items():
        yield Content(name, said.get("rows"), said.get("value"), said.get("digest", ""))
