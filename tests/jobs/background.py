"""Kinds of jobs for tests: each notes in a file what it did, whichever process it ran in."""

import os
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

from audit.context import acting_now
from jobs.exceptions import JobFailed
from jobs.kinds import Kind, does, everybody
from jobs.progress import Progress
from tenants.binding import bound_alias, is_bound


def note(diary: str, word: str) -> None:
    with Path(diary).open("a", encoding="utf-8") as lines:
        lines.write(f"{word}\n")


def wait_for(path: str, seconds: float = 30) -> None:
    deadline = time.monotonic() + seconds
    while not Path(path).exists():
        assert time.monotonic() < deadline, f"{path} never came."
        time.sleep(0.01)


@does(Kind(name="test.count", title="Count to %(to)s", outcome="Counted to %(to)s."))
def count(progress: Progress, to: int, diary: str = "") -> dict[str, int]:
    """Counts, saying so; where a diary is given, notes who it ran for."""
    progress.step("Count")
    for number in range(1, to + 1):
        progress.at(number, of=to)
    progress.say("Counted to %(to)s", to=to)
    if diary:
        note(diary, bound_alias())
    return {"to": to}


@does(Kind(name="test.private", title="A private matter"))
def private(progress: Progress) -> None:
    progress.step("Keep quiet")


@does(Kind(name="test.open", title="A matter of everybody", may=everybody))
def everybodys(progress: Progress) -> None:
    progress.step("Speak")


@does(Kind(name="test.file", title="Write a file", outcome="Written."))
def write_file(progress: Progress, text: str, name: str = "note.txt") -> None:
    with progress.file(name) as stream:
        stream.write(text.encode())


@does(Kind(name="test.fails", title="Fail", resumable=False))
def fails(progress: Progress, how: str) -> None:
    progress.step("Fail")
    if how == "in words":
        raise JobFailed("Only %(there)s of %(due)s are there.", there=3, due=4)
    raise ValueError("secret@example.com is no number")


@does(Kind(name="test.hangs", title="Hang", attempts=2))
def hang(progress: Progress, diary: str, gate: str) -> dict[str, int]:
    """Begins, waits for the gate, ends; the first attempt's process can be killed meanwhile."""
    note(diary, f"began {progress.attempt} {os.getpid()}")
    progress.step("Wait for the gate")
    while not Path(gate).exists():
        progress.check()
        time.sleep(0.01)
    note(diary, f"ended {progress.attempt}")
    return {"attempt": progress.attempt}


@does(Kind(name="test.once", title="Hang, once only", resumable=False))
def hang_once(progress: Progress, diary: str, gate: str) -> None:
    hang(progress, diary, gate)


@does(Kind(name="test.short", title="Be short", time_limit=timedelta(seconds=1)))
def too_long(progress: Progress, seconds: float = 20) -> None:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        progress.check()
        time.sleep(0.01)


@does(Kind(name="test.deaf", title="Be deaf", time_limit=timedelta(seconds=1), resumable=False))
def deaf(progress: Progress) -> None:
    """Says nothing, and so hears nothing: only the worker's own limit ends it."""
    time.sleep(30)


@does(Kind(name="test.platform", title="A matter of ours", of_platform=True, may=everybody))
def of_the_platform(progress: Progress, diary: str) -> None:
    progress.step("Look at everything")
    note(diary, f"bound: {is_bound()}")


@does(Kind(name="test.actor", title="Say who acts"))
def say_who_acts(progress: Progress) -> dict[str, str]:
    return {"actor": acting_now().actor}


@does(Kind(name="test.says", title="Say"))
def says(progress: Progress, what: Any) -> None:
    progress.say("It is about %(what)s", what=what)
