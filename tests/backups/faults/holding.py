"""The real pg_restore behind a gate: it is given some of the dump, and waits for the rest until it may go on."""

import os
import signal
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from backups.programs import program
from tests.backups.faults.dumping import parent_of, processes, words
from tests.jobs.workers import Worker
from tests.lifecycle.looking import wait_until

# It becomes pg_restore itself, so that whoever started it hears how that ends.
SCRIPT = """#!/bin/bash
case "$*" in *{when}*) ;; *) exec {real} "$@" ;; esac
exec 3<&0
exec {real} "$@" < <(
    head -c {given} <&3
    touch {folder}/reached
    while [ ! -e {folder}/gate ]; do sleep 0.02; done
    cat <&3
) 3<&-
"""


class HeldRestore:
    """`pg_restore` in a folder of its own, for AMANA_PG_BIN; held where its command line has `when` in it.

    `given`: so many bytes of the dump, and no more, until it is let go.
    """

    def __init__(self, folder: Path, when: str, given: int = 1_000_000) -> None:
        folder.mkdir()
        self.folder = folder
        self.real = program("pg_restore")
        script = folder / "pg_restore"
        script.write_text(SCRIPT.format(real=self.real, folder=folder, when=when, given=given))
        script.chmod(0o755)

    def wait(self) -> None:
        """Until it is in the middle."""
        wait_until((self.folder / "reached").exists, 60)

    def let_go(self) -> None:
        (self.folder / "gate").touch()

    def kill(self) -> None:
        """With SIGKILL; what still holds the other end of its input lets go, too."""
        os.kill(self._pid(), signal.SIGKILL)
        self.let_go()

    def kill_its_worker(self, worker: Worker) -> None:
        """The process that feeds it, and first whoever would start another: it is left alone at the server."""
        feeds = parent_of(self._pid())
        assert "celery" in words(feeds)
        worker.tell(signal.SIGKILL)
        with suppress(ProcessLookupError):  # it has noticed
            os.kill(feeds, signal.SIGKILL)

    def ended_by(self, told: Callable[[], object]) -> None:
        """Until whoever feeds it has ended it, being told something; the gate alone opens then."""
        pid = self._pid()
        told()
        wait_until(lambda: pid not in processes(self.real), 20)
        self.let_go()

    def _pid(self) -> int:
        """Of the one whose gate is ours; others may be at work on this machine."""
        gates = [pid for pid in processes("/bin/bash") if str(self.folder) in words(pid)]
        [held] = {parent_of(pid) for pid in gates} & {*processes(self.real)}
        return held
