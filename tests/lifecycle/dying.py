"""Processes of our own that die by SIGKILL at an exact point: forked, so that each costs no start of Python."""

import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import UUID

import pytest
from django.conf import settings

from tenants import carrying_out
from tenants.carrying_out import StepFunction, carry_out
from tenants.operations import Operation

PROVISION = [path.rpartition(".")[2] for path in settings.AMANA_STEPS["provision"]]
CLOSE = [path.rpartition(".")[2] for path in settings.AMANA_STEPS["close"]]
Around = Callable[[str, StepFunction, Operation], None]


def start(work: Callable[[], object]) -> int:
    """A process that does `work` and ends with 0, or 1 where it raised; gives its pid."""
    pid = os.fork()
    if pid:
        return pid
    try:
        work()
    except BaseException:  # noqa: BLE001 - the child must never come back into pytest
        os._exit(1)
    os._exit(0)


def end_of(pid: int) -> int:
    """Its exit code, or the negative number of the signal that killed it."""
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def killed_at(when: str, step: str, operation_id: UUID) -> None:
    """Carry the operation out in a process that gets SIGKILL "before" or "after" the work of `step`."""

    def around(name: str, function: StepFunction, operation: Operation) -> None:
        if (when, name) == ("before", step):
            die()
        function(operation)
        if (when, name) == ("after", step):
            die()

    def work() -> None:
        with steps_wrapped(around):
            carry_out(operation_id)

    assert end_of(start(work)) == -signal.SIGKILL


def killed_before_it_is_finished(operation_id: UUID) -> None:
    """Every step is done and written down; only the operation's own end isn't."""

    def work() -> None:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(Operation, "finish", lambda _: die())
            carry_out(operation_id)

    assert end_of(start(work)) == -signal.SIGKILL


@contextmanager
def steps_wrapped(around: Around) -> Iterator[None]:
    """Every step runs inside `around`, which is told its name."""
    real = carrying_out.steps_of

    def wrap(function: StepFunction) -> StepFunction:
        name = getattr(function, "__name__", "")
        return carrying_out.step(function.title)(lambda operation: around(name, function, operation))

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(carrying_out, "steps_of", lambda kind: [wrap(each) for each in real(kind)])
        yield


def written_down_in(diary: Path) -> Around:
    """Each step leaves its name in the diary, whichever process runs it."""

    def around(name: str, function: StepFunction, operation: Operation) -> None:
        with diary.open("a") as lines:
            lines.write(f"{name}\n")
        function(operation)

    return around
