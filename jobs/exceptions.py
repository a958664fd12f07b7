"""Why a job doesn't begin, or doesn't go on."""

from typing import LiteralString

from jobs.words import nameless


class JobRefused(Exception):
    """What was asked of a job doesn't fit its state; the message is shown as it stands."""


class JobFailed(Exception):
    """Raised by a body that knows why it can't go on: the words are shown, with their details (numbers, dates and ids).

    Any other exception is told as its kind alone, since its text may hold what no page should show.
    """

    def __init__(self, text: LiteralString, **details: object) -> None:
        super().__init__(text)
        self.text, self.details = text, nameless(details)


class Stopped(Exception):
    """The body must end here: raised by whatever it says about its progress, and not to be caught in it."""


class Cancelled(Stopped):
    """Somebody asked for it."""


class LeaseLost(Stopped):
    """Another worker has taken over, or may have: nothing may be written any more."""


class TimeIsUp(Stopped):
    """It took longer than its kind may."""


class WorkerEnds(Stopped):
    """Whoever does it was told to end: another worker goes on."""


class NotServed(Stopped):
    """The tenant was suspended or closed meanwhile."""
