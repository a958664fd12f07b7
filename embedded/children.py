"""One process we started: its log, its record on disk, its group, and how it ends."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from embedded import processes
from embedded.files import read_json, write_json
from embedded.interruption import Interruption
from embedded.place import Place
from embedded.programs import group_of
from embedded.refusals import Refusal

LOG_LIMIT = 10 * 1024 * 1024
URGED = 3.0


@dataclass(frozen=True)
class Service:
    """What to start and how to know that it answers. A later phase starts later and stops earlier."""

    name: str
    command: Sequence[str | Path]
    environment: Mapping[str, str]
    ready: Callable[[str], bool]
    phase: int
    title: str = ""
    directory: Path | None = None
    user: str | None = None
    stop_signal: int = signal.SIGTERM
    patience: float = 10.0
    handles: tuple[int, ...] = ()
    on_terminal: bool = False
    before: Callable[[], None] = field(default=lambda: None)

    @property
    def label(self) -> str:
        """As people read it."""
        return self.title or self.name


class Child:
    """A service as it runs. The record on disk names the process, so another program can find it, too."""

    def __init__(self, service: Service, place: Place) -> None:
        self.service = service
        self.record = place.record(service.name)
        self.log = place.log(service.name)
        self.place = place
        self._popen: subprocess.Popen[bytes] | None = None
        self._log_start = 0

    def start(self, *, bound: bool = True) -> None:
        """Bound: it dies with the thread that started it."""
        self.service.before()
        self._turn_log()
        with self.log.open("ab") as log:
            self._log_start = log.tell()
            self._popen = self._spawn(log.fileno(), bound=bound)
        seen = processes.look(self._popen.pid)
        write_json(self.record, {"pid": self._popen.pid, "started": seen.started if seen else ""})

    def _spawn(self, log: int, *, bound: bool) -> subprocess.Popen[bytes]:
        service = self.service
        return subprocess.Popen(
            [os.fspath(part) for part in service.command],
            stdin=subprocess.DEVNULL,
            stdout=None if service.on_terminal else log,
            stderr=None if service.on_terminal else log,
            cwd=service.directory or self.place.checkout,
            env=dict(service.environment),
            start_new_session=True,
            pass_fds=service.handles,
            user=service.user,
            group=group_of(service.user),
            extra_groups=[] if service.user else None,
            # Between fork and exec, in a program of one thread.
            preexec_fn=processes.dying_with_parent(service.stop_signal) if bound else None,  # noqa: PLW1509
        )

    def _turn_log(self) -> None:
        if self.log.exists() and self.log.stat().st_size > LOG_LIMIT:
            self.log.replace(self.log.with_suffix(".log.1"))

    @property
    def pid(self) -> int | None:
        """The process of the record if it still is that process."""
        if self._popen:
            self._popen.poll()
        record = read_json(self.record)
        seen = processes.look(int(record.get("pid", 0)))
        return seen.pid if seen and seen.alive and seen.started == record["started"] else None

    @property
    def exit_code(self) -> int | None:
        return self._popen.poll() if self._popen else None

    def said(self) -> str:
        """What it has written to its log since it was started last."""
        with self.log.open("rb") as log:
            log.seek(self._log_start)
            return log.read().decode(errors="replace")

    def ready(self) -> bool:
        return self.pid is not None and self.service.ready(self.said())

    def await_answer(self, interruption: Interruption, seconds: float) -> None:
        answered = interruption.wait(lambda: self.ready() or self.pid is None, seconds)
        if self.pid is None:
            raise Refusal(
                f"{self.service.label} ended before it was ready: {self._last_words()} ({self.log})"
            )
        if not answered:
            raise Refusal(f"{self.service.label} did not answer within {seconds:.0f} s: see {self.log}.")

    def _last_words(self) -> str:
        lines = [line.strip() for line in self.said().splitlines() if line.strip()]
        return lines[-1][:300] if lines else f"exit code {self.exit_code}"

    def signal(self, number: int) -> None:
        if pid := self.pid:
            processes.send(pid, number)

    def bury(self) -> None:
        """Whoever of its group outlived it goes, too."""
        group = int(read_json(self.record).get("pid", 0))
        if group and (self.pid or belongs(group, self.place)):
            processes.send_group(group, signal.SIGKILL)
        if self._popen:
            self._popen.wait()
        self.record.unlink(missing_ok=True)


def belongs(group: int, place: Place) -> bool:
    """A group whose leader is gone is ours if a member was started with our folder in its environment."""
    members = [seen for seen in processes.everyone() if seen.group == group]
    return any(processes.environment_of(seen.pid).get("AMANA_VAR") == str(place.var) for seen in members)


def stop_together(children: Iterable[Child], *, hurry: Callable[[], bool] = lambda: False) -> None:
    """Asked, then urged, then killed with their whole group; bounded by the longest patience."""
    asked = list(children)
    for child in asked:
        child.signal(child.service.stop_signal)
    patience = max((child.service.patience for child in asked), default=0.0)
    _wait_for_end(asked, 0.5 if hurry() else patience, hurry)
    for child in asked:
        child.signal(signal.SIGQUIT)
    _wait_for_end(asked, URGED, lambda: False)
    for child in asked:
        child.bury()


def _wait_for_end(children: list[Child], seconds: float, hurry: Callable[[], bool]) -> None:
    deadline = time.monotonic() + seconds
    while any(child.pid for child in children) and time.monotonic() < deadline and not hurry():
        time.sleep(0.05)
