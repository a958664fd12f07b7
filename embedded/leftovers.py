"""What a killed supervisor left running: ended before anything new is started."""

from __future__ import annotations

import signal
import time
from collections.abc import Callable
from pathlib import Path

from embedded import processes
from embedded.children import belongs
from embedded.files import read_json
from embedded.place import Place

PATIENCE = 10.0
POSTGRES = "postgresql"


def recover(place: Place) -> bool:
    """True when something was found. Ours is known by its start time, or by our folder in its environment."""
    groups = {name: group for name in _recorded(place) if (group := _living_group(place, name))}
    for name, group in groups.items():
        processes.send(group, signal.SIGINT if name == POSTGRES else signal.SIGTERM)
    leaders = set(groups.values())
    _wait(lambda: any(seen.pid in leaders for seen in processes.everyone()))
    for group in leaders:
        processes.send_group(group, signal.SIGKILL)
    _wait(lambda: any(seen.group in leaders for seen in processes.everyone()))
    for name in _recorded(place):
        place.record(name).unlink()
    return bool(groups)


def _recorded(place: Place) -> list[str]:
    return sorted(path.stem for path in (place.var / "run").glob("*.json"))


def _living_group(place: Place, name: str) -> int | None:
    record = read_json(place.record(name))
    pid = int(record.get("pid", 0))
    seen = processes.look(pid)
    ours = seen is not None and seen.alive and seen.started == record.get("started")
    return pid if ours or (pid and belongs(pid, place)) else None


def _wait(busy: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE
    while busy() and time.monotonic() < deadline:
        time.sleep(0.05)


def clear(data: Path) -> None:
    """Before a start: sessions of a killed server notice by themselves; one that nobody recorded is stopped."""
    deadline = time.monotonic() + PATIENCE
    while (working := _working_in(data)) and time.monotonic() < deadline:
        if (pid := _postmaster(data)) in working:
            processes.send(pid, signal.SIGINT)
        time.sleep(0.05)
    for pid in working:
        processes.send(pid, signal.SIGKILL)
    # A killed server that its parent hasn't buried yet still has a pid, and PostgreSQL would believe it.
    (data / "postmaster.pid").unlink(missing_ok=True)


def _postmaster(data: Path) -> int:
    try:
        return int((data / "postmaster.pid").read_text().partition("\n")[0])
    except (OSError, ValueError):
        return 0


def _working_in(data: Path) -> set[int]:
    return {seen.pid for seen in processes.everyone() if processes.directory_of(seen.pid) == data}
