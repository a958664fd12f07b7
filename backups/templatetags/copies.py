"""Copies, drills and restores in a word, as pills."""

from django.template import Library
from django.utils.translation import gettext_lazy as _

from backups.console.conditions import tone_of, words_of
from backups.drilling.steps import KINDS
from backups.models import ArchivedCopy, Backup, Drill, Restore, Retrieval
from backups.persons import shown_name

register = Library()
register.filter("person", shown_name)
OF_DRILLS = {"passed": "good", "failed": "bad", "stopped": "neutral"}
PILL = "components/pill.html"
OF_RESTORES = {
    Restore.State.REFUSED: "bad",
    Restore.State.FAILED: "bad",
    Restore.State.SWAPPED: "good",
    Restore.State.RUNNING: "info",
    Restore.State.READY: "info",
    Restore.State.APPROVED: "info",
    Restore.State.REQUESTED: "warn",
}
OF_ARCHIVED = {
    "waiting": ("info", _("Waiting")),
    "running": ("info", _("Being archived")),
    "done": ("good", _("Archived")),
    "failed": ("bad", _("Failed")),
    "damaged": ("bad", _("Damaged")),
    "removed": ("neutral", _("Ended")),
}
OF_RETRIEVALS = {
    Retrieval.State.REQUESTED: "warn",
    Retrieval.State.APPROVED: "warn",
    Retrieval.State.READY: "info",
    Retrieval.State.FAILED: "bad",
}


@register.inclusion_tag(PILL)
def archived_condition(copy: ArchivedCopy) -> dict[str, object]:
    tone, label = OF_ARCHIVED[copy.condition]
    return {"tone": tone, "label": label}


@register.inclusion_tag(PILL)
def retrieval_state(state: str) -> dict[str, object]:
    return {
        "tone": OF_RETRIEVALS.get(Retrieval.State(state), "neutral"),
        "label": Retrieval.State(state).label,
    }


@register.inclusion_tag(PILL)
def condition(backup: Backup) -> dict[str, object]:
    return {"tone": tone_of(backup), "label": words_of(backup)}


@register.inclusion_tag(PILL)
def drill_outcome(drill: Drill) -> dict[str, object]:
    return {"tone": OF_DRILLS.get(drill.outcome, "info"), "label": drill.outcome_label}


@register.inclusion_tag(PILL)
def restore_state(state: str) -> dict[str, object]:
    return {"tone": OF_RESTORES.get(Restore.State(state), "neutral"), "label": Restore.State(state).label}


@register.filter
def failed_at(drill: Drill) -> str:
    """The step in words; what isn't one of the list, such as the worker itself, as it is called."""
    kind = KINDS.get(drill.failed_step)
    return str(kind.title) if kind else drill.failed_step
