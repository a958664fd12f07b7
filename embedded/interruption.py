"""Ctrl-C, SIGTERM and SIGHUP become a wish that the loops look at: nothing is torn down halfway."""

import signal
import time
from collections.abc import Callable
from types import FrameType

from embedded.refusals import Interrupted

PAUSE = 0.05


class Interruption:
    """How often somebody has asked to stop."""

    def __init__(self) -> None:
        self.asked = 0
        self.signal: int | None = None

    def listen(self) -> None:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._note)

    def _note(self, number: int, frame: FrameType | None) -> None:
        del frame
        self.asked += 1
        self.signal = number

    def check(self) -> None:
        if self.asked:
            raise Interrupted

    def wait(self, condition: Callable[[], bool], seconds: float) -> bool:
        """True when the condition came true in time; raises Interrupted as soon as somebody asks to stop."""
        deadline = time.monotonic() + seconds
        while not condition():
            self.check()
            if time.monotonic() > deadline:
                return False
            time.sleep(PAUSE)
        return True
