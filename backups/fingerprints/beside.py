"""A dump is read once, and goes two ways: to where it is stored, and through pg_restore to its fingerprint.

That is done by two programs beside us: a second processor works for it, and pg_restore has read the whole dump before
the copy counts.
"""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from tempfile import TemporaryFile
from typing import IO

from django.conf import settings

from backups.exceptions import DumpFailed
from backups.fingerprints.digests import Fingerprint
from backups.programs import program, widen
from backups.storage import Readable

SCRIPT = ["--data-only", "--file=-"]
READER = [sys.executable, "-S", "-m", "backups.fingerprints"]


class Beside:
    """What is read of it goes on to the programs; `found` is their answer, once all was read."""

    def __init__(
        self,
        source: Readable,
        pair: "tuple[subprocess.Popen[bytes], subprocess.Popen[bytes]]",
        said: IO[bytes],
    ) -> None:
        self._source, self._said = source, said
        self._restore, self._reader = pair

    def read(self, size: int = -1, /) -> bytes:
        data = self._source.read(size)
        assert self._restore.stdin is not None  # noqa: S101 - asked for with PIPE
        try:
            self._restore.stdin.write(data)
            if not data:
                self._restore.stdin.close()
        except BrokenPipeError:
            raise self._trouble() from None
        return data

    def found(self) -> Fingerprint:
        """Raises DumpFailed where pg_restore can't read what pg_dump wrote."""
        answer, _ = self._reader.communicate()
        if self._restore.wait() or self._reader.returncode:
            raise self._trouble()
        found: Fingerprint = json.loads(answer)
        return found

    def _trouble(self) -> DumpFailed:
        self._restore.wait()
        self._said.seek(0)
        said = self._said.read(4000).decode(errors="replace").strip()
        return DumpFailed(f"pg_restore can't read the dump: {said or 'it said nothing'}.")


@contextmanager
def beside(dump: Readable) -> Iterator[Beside]:
    """To be read in the place of `dump`. Nothing of it goes on once this ends."""
    bare = {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C"}
    with TemporaryFile() as said:
        restore = subprocess.Popen(
            [program("pg_restore"), *SCRIPT],
            env=bare,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=said,
        )
        reader = subprocess.Popen(
            READER, env=bare, cwd=settings.BASE_DIR, stdin=restore.stdout, stdout=subprocess.PIPE, stderr=said
        )
        assert restore.stdout is not None  # noqa: S101 - asked for with PIPE
        widen(restore.stdin, restore.stdout)
        restore.stdout.close()  # the reader's alone: pg_restore hears when that is gone
        try:
            yield Beside(dump, (restore, reader), said)
        finally:
            _end(restore, reader)


def _end(*programs: "subprocess.Popen[bytes]") -> None:
    for each in programs:
        if each.poll() is None:
            each.kill()
        each.wait()
        for stream in filter(None, (each.stdin, each.stdout)):
            with suppress(BrokenPipeError):  # what it would still have written
                stream.close()
