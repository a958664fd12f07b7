"""What was restored, against what was signed: rows, sequences, the seal of the log, files."""

import os
import tarfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import IO

from django.utils.translation import gettext_noop

from audit.verifying import verify_copy
from backups.drilling.machine import OF_THE_NAME
from backups.drilling.opening import open_object
from backups.drilling.work import DoesNotApply, Found, Work, remove_spool
from backups.exceptions import BackupError, NotOfTheCopy, StepFailed
from backups.fingerprints.databases import fingerprint
from backups.fingerprints.digests import Fingerprint, differences
from backups.sentences import sentence
from backups.snapshots import NEVER_DUMPED
from backups.taking import FILES
from backups.tenant_files import Told, unpack
from tenants.places import Place

SEALED = gettext_noop(
    "%(events)s events in %(batches)s batches are as they were sealed, %(unsealed)s weren't sealed yet."
)
MOST = 20  # differences that are named one by one


def compare_content(work: Work) -> Found:
    """Every row of every table: one changed byte gives another digest."""
    expected = {name: said for name, said in work.manifest["content"].items() if "rows" in said}
    found = {name: said for name, said in _fingerprint(work).items() if "rows" in said}
    _refuse(expected, found)
    rows = sum(said["rows"] for said in expected.values())
    return Found(
        sentence(
            gettext_noop("%(tables)s tables with %(rows)s rows are as they were signed."),
            tables=len(expected),
            rows=rows,
        ),
        {"tables": len(expected), "rows": rows},
    )


def compare_sequences(work: Work) -> Found:
    expected = {name: said for name, said in work.manifest["content"].items() if "value" in said}
    found = {name: said for name, said in _fingerprint(work, rows=False).items() if "value" in said}
    _refuse(expected, found)
    told = {"sequences": len(expected)}
    return Found(sentence(gettext_noop("%(sequences)s sequences go on where they stood."), **told), told)


def _fingerprint(work: Work, *, rows: bool = True) -> Fingerprint:
    skip = NEVER_DUMPED if work.is_of_catalog else frozenset()
    if not rows:
        skip |= {name for name, said in work.manifest["content"].items() if "rows" in said}
    with work.pulse.breaking_off(work.scratch.cancel), work.scratch.transaction():
        return fingerprint(work.scratch, skip)


def _refuse(expected: Fingerprint, found: Fingerprint) -> None:
    wrong = [*differences(expected, found)]
    if wrong:
        more = f" And {len(wrong) - 1} more." if len(wrong) > 1 else ""
        raise StepFailed(f"{wrong[0]}.{more}", differences=wrong[:MOST])


def verify_seal(work: Work) -> Found:
    """The activity log in the copy, against the anchors that lie outside of its database."""
    at = datetime.fromisoformat(work.manifest["snapshot_at"])
    with work.pulse.breaking_off(work.scratch.cancel), work.scratch.transaction():
        report = verify_copy(work.scratch, _where_it_was_taken(work), at)
    if report.wrong:
        failed = NotOfTheCopy if report.of_anchors_alone else StepFailed
        raise failed(report.wrong, events=report.events, batches=report.batches)
    told = {"events": report.events, "batches": report.batches, "unsealed": report.unsealed}
    return Found(sentence(SEALED, **told), told)


def _where_it_was_taken(work: Work) -> Place:
    """A log that was restored before goes by the name that its chain began with: its seals and anchors bear it."""
    said = work.manifest
    return Place(
        alias=said["database"],
        database=said["database"],
        role="",
        tenant_id=work.drill.tenant_id,
        era=said["era"],
        log=said["chain"],
    )


def compare_files(work: Work) -> Found:
    """Unpacked into a private folder, and taken away at once."""
    if FILES not in work.manifest["objects"]:
        raise DoesNotApply(sentence(gettext_noop("The catalog has no files.")))
    told, folder = Told(), work.spool / "files"
    try:
        folder.mkdir(mode=0o700)
        with _decrypted(work) as stream:
            unpack(stream, folder, told)
    except (tarfile.TarError, OSError) as trouble:
        work.pulse.check()
        if isinstance(trouble, OSError) and trouble.errno not in OF_THE_NAME:
            raise
        says = sentence(gettext_noop("The files can't be unpacked: %(why)s."), why=type(trouble).__name__)
        raise StepFailed(says) from trouble
    finally:
        remove_spool(folder)
    expected, found = work.manifest["files"], told.as_dict()
    if found != expected:
        raise StepFailed(
            sentence(
                gettext_noop(
                    "%(files)s files with %(bytes)s bytes came out; %(files_in)s with %(bytes_in)s and another digest"
                    " went in."
                ),
                files=found["files"],
                bytes=found["file_bytes"],
                files_in=expected["files"],
                bytes_in=expected["file_bytes"],
            ),
            expected=expected,
            found=found,
        )
    says = sentence(
        gettext_noop("%(files)s files with %(bytes)s bytes are as they were."),
        files=found["files"],
        bytes=found["file_bytes"],
    )
    return Found(says, found)


@contextmanager
def _decrypted(work: Work) -> Iterator[IO[bytes]]:
    readable, writable = os.pipe()
    trouble: list[BaseException] = []
    writer = threading.Thread(target=_write, args=(work, writable, trouble), daemon=True)
    writer.start()
    try:
        with os.fdopen(readable, "rb") as stream:
            yield stream
    finally:
        writer.join()
        if trouble:
            raise trouble[0]  # what was read ended early by it


def _write(work: Work, handle: int, trouble: list[BaseException]) -> None:
    try:
        with os.fdopen(handle, "wb") as out:
            open_object(work, FILES, out)
    except BrokenPipeError:
        """Whoever reads has stopped, and knows why."""
    except (BackupError, OSError) as error:
        trouble.append(error)
