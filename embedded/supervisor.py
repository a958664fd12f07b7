"""Keeps every service running; what dies too often ends everything, in words."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Iterable
from itertools import groupby

from embedded.children import Child, Service, stop_together
from embedded.interruption import PAUSE, Interruption
from embedded.output import say, stopwatch
from embedded.place import Place
from embedded.refusals import Refusal

DEATHS = 5
WITHIN = 60.0
LONGEST_BREAK = 8


class Watched:
    """A child with its recent deaths and the moment it may be started again."""

    def __init__(self, child: Child) -> None:
        self.child = child
        self.deaths: deque[float] = deque(maxlen=DEATHS)
        self.again: float | None = None

    @property
    def name(self) -> str:
        return self.child.service.label

    def mourn(self, now: float) -> float:
        """Notes a death; returns how long to wait before the next try."""
        self.deaths.append(now)
        recent = sum(1 for death in self.deaths if now - death < WITHIN)
        if recent >= DEATHS:
            log = self.child.log
            raise Refusal(f"{self.name} died {DEATHS} times within {WITHIN:.0f} s, giving up: see {log}.")
        pause = float(min(2 ** (recent - 2), LONGEST_BREAK))
        self.again = now + pause
        return pause


class Supervisor:
    """Starts in phases, watches, starts again, stops in reverse."""

    def __init__(self, place: Place, interruption: Interruption) -> None:
        self.place = place
        self.interruption = interruption
        self.watched: list[Watched] = []

    def launch(self, services: Iterable[Service], seconds: float) -> None:
        """All at once, then each until it answers, with a line for it."""
        clocks = [(self._begin(service), stopwatch(service.label)) for service in services]
        for child, done in clocks:
            child.await_answer(self.interruption, seconds)
            done("ready")

    def _begin(self, service: Service) -> Child:
        self.interruption.check()
        child = Child(service, self.place)
        self.watched.append(Watched(child))
        child.start()
        return child

    def watch(self) -> None:
        """Returns when somebody asks to stop; refuses to go on when a service keeps dying."""
        while not self.interruption.asked:
            for watched in self.watched:
                self._tend(watched, time.monotonic())
            time.sleep(PAUSE * 4)

    def _tend(self, watched: Watched, now: float) -> None:
        if watched.again is None and watched.child.pid is None:
            code = watched.child.exit_code
            watched.child.bury()
            pause = watched.mourn(now)
            say(f"  {watched.name} died (exit code {code}), starting it again in {pause:g} s")
        elif watched.again is not None and now >= watched.again:
            watched.again = None
            watched.child.start()

    def stop(self) -> None:
        """Web first, PostgreSQL last. Asked a second time, it hurries."""
        asked = self.interruption.asked
        order = sorted(self.watched, key=lambda watched: -watched.child.service.phase)
        for _phase, group in groupby(order, key=lambda watched: watched.child.service.phase):
            children = [watched.child for watched in group]
            stop_together(children, hurry=lambda: self.interruption.asked > max(asked, 1))
