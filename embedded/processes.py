"""Processes as /proc tells them: a pid alone may have been given to a stranger since."""

from __future__ import annotations

import ctypes
import os
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path

PR_SET_PDEATHSIG = 1
PR_SET_CHILD_SUBREAPER = 36
SWEEPS_WITHIN = 5.0


@dataclass(frozen=True)
class Seen:
    """One process at the moment of looking; `started` tells it from a later one with the same pid."""

    pid: int
    parent: int
    group: int
    state: str
    started: str

    @property
    def alive(self) -> bool:
        return self.state not in {"Z", "X"}


@cache
def boot() -> str:
    return Path("/proc/sys/kernel/random/boot_id").read_text().strip()


def look(pid: int) -> Seen | None:
    try:
        stat = Path(f"/proc/{pid}/stat").read_bytes().decode(errors="replace")
    except (FileNotFoundError, ProcessLookupError):
        return None
    fields = stat.rpartition(")")[2].split()
    return Seen(pid, int(fields[1]), int(fields[2]), fields[0], f"{boot()}:{fields[19]}")


def everyone() -> Iterator[Seen]:
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit() and (seen := look(int(folder.name))) and seen.alive:
            yield seen


def environment_of(pid: int) -> dict[str, str]:
    """What it was started with; empty where that may not be read."""
    try:
        content = Path(f"/proc/{pid}/environ").read_bytes().decode(errors="surrogateescape")
    except OSError:
        return {}
    return dict(pair.partition("=")[::2] for pair in content.split("\0") if "=" in pair)


def directory_of(pid: int) -> Path | None:
    """Where it works; unknown where that may not be read."""
    try:
        return Path(f"/proc/{pid}/cwd").readlink()
    except OSError:
        return None


def send(pid: int, number: int) -> None:
    with suppress(ProcessLookupError):
        os.kill(pid, number)


def send_group(group: int, number: int) -> None:
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(group, number)


def dying_with_parent(number: int) -> Callable[[], None]:
    """For the moment between fork and exec: when the starter dies, even by SIGKILL, so do we."""
    libc = ctypes.CDLL(None)
    parent = os.getpid()

    def arrange() -> None:
        libc.prctl(PR_SET_PDEATHSIG, number)
        if os.getppid() != parent:
            os.kill(os.getpid(), number)

    return arrange


def adopt_orphans() -> None:
    """Grandchildren that lose their parent become ours, so that we can end them."""
    ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1)


def end_children() -> None:
    """The last broom: nothing started below us outlives us, not even what is orphaned while we sweep."""
    deadline = time.monotonic() + SWEEPS_WITHIN
    while time.monotonic() < deadline:
        for seen in everyone():
            if seen.parent == os.getpid():
                send(seen.pid, signal.SIGKILL)
        if not reap():
            return
        time.sleep(0.02)


def reap() -> bool:
    """True while there are children."""
    try:
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass
    except ChildProcessError:
        return False
    return True
