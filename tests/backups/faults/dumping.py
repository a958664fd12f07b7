"""The real pg_dump behind a gate: it gives a megabyte, says so, and waits until it may go on."""

import os
import signal
from pathlib import Path

from backups.programs import program
from tests.lifecycle.looking import wait_until

SCRIPT = """#!/bin/bash
set -o pipefail
if [ "$1" = --version ]; then exec {real} --version; fi
{real} "$@" | {{ head -c 1000000; touch {folder}/reached; while [ ! -e {folder}/gate ]; do sleep 0.02; done; cat; }}
"""


class HeldDump:
    """`pg_dump` in a folder of its own, for AMANA_PG_BIN."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir()
        self.folder = folder
        self.real = program("pg_dump")
        script = folder / "pg_dump"
        script.write_text(SCRIPT.format(real=self.real, folder=folder))
        script.chmod(0o755)

    def wait(self) -> None:
        """Until it is in the middle."""
        wait_until((self.folder / "reached").exists, 20)

    def let_go(self) -> None:
        (self.folder / "gate").touch()

    def kill(self) -> None:
        """The real one, with SIGKILL."""
        for pid in self.running():
            os.kill(pid, signal.SIGKILL)

    def running(self) -> list[int]:
        """Those behind our gate."""
        return [pid for pid in processes(self.real) if str(self.folder) in words(parent_of(pid))]


def processes(executable: str) -> list[int]:
    return [
        int(each.name)
        for each in Path("/proc").iterdir()
        if each.name.isdigit() and words(int(each.name)).startswith(executable + "\0")
    ]


def words(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().decode()
    except OSError:
        return ""


def parent_of(pid: int) -> int:
    """0 for one that has ended meanwhile."""
    try:
        return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])
    except OSError:
        return 0
