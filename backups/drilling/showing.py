"""A drill as its page tells it, step by step, with what each proves beside it."""

from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from backups.drilling.steps import KINDS, STEPS, DrillStepKind
from backups.models import Drill, DrillStep
from backups.sentences import told
from jobs.showing import PICKED_UP_WITHIN, StepLine

# The marks of components/steps.html.
MARKS = {"passed": "done", "skipped": "cancelled"}
LABELS = {
    "waiting": _("Waiting"),
    "running": _("Running"),
    "passed": _("Passed"),
    "failed": _("Failed"),
    "skipped": _("Left out"),
}
TONES = {"passed": "good", "failed": "bad", "running": "info", "stopping": "warn"}


@dataclass(frozen=True)
class DrillLine(StepLine):
    """`state` is the mark; `result` is what the step is in truth. `found` is said in the reader's language where it can
    be, and else in English, as it stands in the signed report.
    """

    result: str
    kind: DrillStepKind | None
    found: str
    is_english: bool = False

    @property
    def label(self) -> str:
        return str(LABELS[self.result])


@dataclass(frozen=True)
class DrillShown:
    """What is known at `now`, read already; followed by a page as every job is (`jobs.showing.Followed`)."""

    drill: Drill
    steps: list[DrillStep]
    now: datetime
    may_stop: bool = False

    @property
    def state(self) -> str:
        return self.drill.state

    @property
    def tone(self) -> str:
        return TONES.get(self.drill.outcome, "neutral")

    @property
    def state_label(self) -> str:
        return self.drill.outcome_label

    @property
    def is_over(self) -> bool:
        return self.drill.is_over

    @property
    def lines(self) -> list[StepLine]:
        if not self.steps:
            return [DrillLine(kind.title, "waiting", None, "waiting", kind, "") for kind in STEPS]
        return [self._line(step) for step in self.steps]

    def _line(self, step: DrillStep) -> DrillLine:
        kind = KINDS.get(step.code)
        running = step.started_at and not step.finished_at and not self.is_over
        seconds = (
            (self.now - step.started_at).total_seconds() if running and step.started_at else step.seconds
        )
        mark = MARKS.get(step.state, step.state)
        title, found = kind.title if kind else step.code, told(step.found, step.words)
        return DrillLine(title, mark, seconds, step.state, kind, found, is_english=found == step.found)

    @property
    def done(self) -> int:
        return sum(step.state not in ("waiting", "running") for step in self.steps)

    @property
    def total(self) -> int | None:
        return None if self.is_over else len(STEPS)

    @property
    def failure(self) -> str:
        """A step has found the same, and knows how to say it."""
        same = (each for each in self.steps if each.found == self.drill.error)
        step = next(same, None)
        return told(step.found, step.words) if step else told(self.drill.error, {})

    @property
    def failure_words(self) -> str:
        kind = KINDS.get(self.drill.failed_step)
        if self.drill.failed_step == "worker":
            return gettext(
                "Its worker couldn't carry it out: nothing was proven, and nothing is known against the copy."
            )
        if kind is None:
            return ""
        return gettext("It failed at “%(step)s”. %(remedy)s") % {"step": kind.title, "remedy": kind.remedy}

    @property
    def notice(self) -> str:
        waited = self.now - self.drill.requested_at
        if self.drill.state != Drill.State.WAITING or waited <= PICKED_UP_WITHIN:
            return ""
        if self.drill.error:
            return gettext("It waits for another try: %(why)s") % {"why": self.failure}
        return gettext("It waits for its turn: drills are done one after the other.")

    @property
    def result_template(self) -> str:
        return "drills/_result.html"

    @property
    def poll_url(self) -> str:
        return reverse("drills:drill-progress", args=[self.drill.pk])

    @property
    def cancel_url(self) -> str:
        if self.is_over or self.drill.is_being_stopped or not self.may_stop:
            return ""
        return reverse("drills:drill-stop", args=[self.drill.pk])

    @property
    def retry_url(self) -> str:
        return ""


def shown(drill: Drill, *, may_stop: bool = False) -> DrillShown:
    return DrillShown(drill, [*drill.steps.all()], timezone.now(), may_stop)
