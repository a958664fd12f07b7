"""Background work as a page tells it. Whatever a page follows looks like this, be it a job or something else."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Protocol

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrPromise

from jobs.files import name_of
from jobs.models import Job, JobLine
from jobs.words import filled, in_words

PICKED_UP_WITHIN = timedelta(seconds=10)
STEP_STATES = {
    "waiting": _("Waiting"),
    "running": _("Running"),
    "done": _("Done"),
    "failed": _("Failed"),
    "cancelled": _("Cancelled"),
}


@dataclass(frozen=True)
class StepLine:
    """One step; `state` is a key of STEP_STATES, `seconds` None where they aren't known."""

    title: "str | StrPromise"
    state: str
    seconds: float | None

    @property
    def label(self) -> str:
        return str(STEP_STATES[self.state])


class Followed(Protocol):
    """What `templates/jobs/_progress.html` and its page need."""

    @property
    def state(self) -> str: ...
    @property
    def state_label(self) -> str: ...
    @property
    def is_over(self) -> bool: ...
    @property
    def lines(self) -> list[StepLine]: ...
    @property
    def done(self) -> int: ...
    @property
    def total(self) -> int | None: ...
    @property
    def failure(self) -> str: ...
    @property
    def notice(self) -> str: ...
    @property
    def failure_words(self) -> str: ...
    @property
    def result_template(self) -> str: ...
    @property
    def poll_url(self) -> str: ...
    @property
    def cancel_url(self) -> str: ...
    @property
    def retry_url(self) -> str: ...


@dataclass(frozen=True)
class JobShown:
    """A job at `now`, read already: a template asks the database nothing. `may_change`: cancel it and try it again."""

    job: Job
    rows: list[JobLine]
    now: datetime
    may_change: bool = True

    @property
    def state(self) -> str:
        return self.job.state

    @property
    def state_label(self) -> str:
        if self.job.is_being_cancelled:
            return gettext("Being cancelled")
        return str(self.job.get_state_display())

    @property
    def is_over(self) -> bool:
        return self.job.is_over

    @property
    def lines(self) -> list[StepLine]:
        """The steps of the present attempt; the last one is as the job is."""
        return [*self._steps()]

    def _steps(self) -> Iterator[StepLine]:
        steps = [row for row in self.rows if row.level == JobLine.Level.STEP and row.token == self.job.token]
        ends = [later.at for _before, later in pairwise(steps)] + [self.job.finished_at or self.now]
        for step, end in zip(steps, ends, strict=False):
            state = self._state_of_last() if step is steps[-1] else "done"
            seconds = max((end - step.at).total_seconds(), 0.0)
            yield StepLine(in_words(step.text, step.details), state, seconds)

    def _state_of_last(self) -> str:
        return "waiting" if self.job.state == Job.State.QUEUED else self.job.state

    @property
    def done(self) -> int:
        return self.job.done

    @property
    def total(self) -> int | None:
        return None if self.is_over else self.job.total

    @property
    def log(self) -> list[tuple[datetime, str, str]]:
        """Moment, level and words of each line."""
        said = [row for row in self.rows if row.level != JobLine.Level.STEP]
        return [(row.at, row.level, in_words(row.text, row.details)) for row in said]

    @property
    def failure(self) -> str:
        return in_words(self.job.error, self.job.error_details)

    @property
    def failure_words(self) -> str:
        """Its failures are sentences themselves."""
        return ""

    @property
    def result_template(self) -> str:
        return "jobs/_result.html"

    @property
    def notice(self) -> str:
        waited = self.now - self.job.sent_at
        if self.job.state == Job.State.QUEUED and waited > PICKED_UP_WITHIN:
            return gettext("It waits for its turn. You can leave this page: nothing is lost.")
        return ""

    @property
    def outcome(self) -> str:
        """What came of it, in words."""
        kind = self.job.registered
        if self.job.state != Job.State.DONE or kind is None or not kind.outcome:
            return ""
        return filled(str(kind.outcome), self.job.result)

    @property
    def poll_url(self) -> str:
        return self._address("job-progress")

    @property
    def cancel_url(self) -> str:
        return self._address("job-cancel") if self.may_change and self.job.can_be_cancelled else ""

    @property
    def retry_url(self) -> str:
        return self._address("job-retry") if self.may_change and self.job.can_be_retried else ""

    @property
    def file_url(self) -> str:
        return self._address("job-file") if self.job.has_file else ""

    @property
    def file_name(self) -> str:
        return name_of(self.job.file)

    def _address(self, name: str) -> str:
        return reverse(f"jobs:{name}", args=[self.job.pk])


def shown(job: Job, *, may_change: bool) -> JobShown:
    return JobShown(job, [*job.lines.all()], timezone.now(), may_change)


def pulse(progress: Followed) -> str:
    """What changes seldom: as long as it is equal, buttons stay as they are and nothing is read aloud anew."""
    share = 10 * progress.done // progress.total if progress.total else 0
    return f"{progress.state}-{bool(progress.cancel_url):d}-{len(progress.lines)}-{share}"


def spoken(progress: Followed) -> str:
    """For those who can't see it: the state, the step, and how far that is."""
    step = "" if progress.is_over else _last_begun(progress.lines)
    share = f"{100 * progress.done // progress.total} %" if progress.total else ""
    return ". ".join(part for part in (progress.state_label, step, share) if part)


def _last_begun(lines: list[StepLine]) -> str:
    """An operation lists all of its steps beforehand."""
    return next((str(line.title) for line in reversed(lines) if line.state != "waiting"), "")
