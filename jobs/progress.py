"""What a body says while it works. Nothing here touches the database: a reporter writes it down beside the body."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO, Any, LiteralString

from jobs.exceptions import Stopped, TimeIsUp
from jobs.files import path_of, written_whole
from jobs.holding import Hold
from jobs.models import JobLine
from jobs.words import nameless
from tenants.binding import bound_to

LINES = 1000


class Progress:
    """Say something now and then: each word is also the moment at which the body can be stopped.

    All of it costs next to nothing, in a transaction too. Raises a Stopped once there is a reason to.
    `owner`: the person whose rights a job of a kind with a permission is done with.
    """

    def __init__(self, hold: Hold) -> None:
        self.attempt = hold.attempt
        self.file_path = ""
        self.owner: Any = None
        self._hold = hold
        self._deadline = time.monotonic() + hold.kind.time_limit.total_seconds()
        self._lock = threading.Lock()
        self._values: dict[str, int | None] = {}
        self._lines: list[JobLine] = []
        self._said = 0
        self._stop: Stopped | None = None

    def step(self, text: LiteralString, **details: object) -> None:
        """A new step begins; the one before it is done. `text` is English, translated where it is shown."""
        self._add(JobLine.Level.STEP, text, details)
        self._set(done=0, total=None)

    def at(self, done: int, of: int | None = None) -> None:
        """So much of the present step is done."""
        self._set(done=done, total=of)

    def say(self, text: LiteralString, **details: object) -> None:
        """A line for the log, that names nobody: its details are numbers, dates and ids. Raises TypeError else."""
        self._add(JobLine.Level.INFO, text, details)

    def warn(self, text: LiteralString, **details: object) -> None:
        """As `say`, for what somebody should look at."""
        self._add(JobLine.Level.WARNING, text, details)

    @contextmanager
    def file(self, name: str) -> Iterator[IO[bytes]]:
        """The file that is the job's result: stored when the block ends well, offered when the job does."""
        path = path_of(self._hold.job_id, self._hold.token, name)
        with bound_to(self._hold.target), written_whole(path) as stream:
            yield stream
            self.check()
        self.file_path = path

    def check(self) -> None:
        """Say nothing, but stop where there is a reason to."""
        if self._stop is not None:
            raise self._stop
        if time.monotonic() > self._deadline:
            raise TimeIsUp

    def stop(self, reason: Stopped) -> None:
        """From the reporter: the body's next word raises this."""
        self._stop = self._stop or reason

    def news(self) -> tuple[dict[str, Any], list[JobLine]]:
        """What was said since the last time."""
        with self._lock:
            news = self._values, self._lines
            self._values, self._lines = {}, []
        return news

    def unwritten(self, values: dict[str, Any], lines: list[JobLine]) -> None:
        """It couldn't be written down: keep it for the next time."""
        with self._lock:
            self._values = {**values, **self._values}
            self._lines = lines + self._lines

    def _set(self, **values: int | None) -> None:
        self.check()
        with self._lock:
            self._values |= values

    def _add(self, level: str, text: str, details: dict[str, object]) -> None:
        self.check()
        line = self._hold.line(level, text, nameless(details))
        with self._lock:
            self._said += 1
            if self._said <= LINES:
                self._lines.append(line)
