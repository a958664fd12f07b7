"""A restore as its page shows it to one operator: what is known, and what they can do about it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import User
from backups.models import Restore
from backups.persons import is_same_person
from backups.restoring.asking import OPEN
from backups.restoring.runbook import left_of

State = Restore.State
MAY = "platform.backup:restore"
AGREE = "platform.backup:approve"
OVER = (State.REFUSED, State.GIVEN_UP, State.SWAPPED)


@dataclass(frozen=True)
class TableLine:
    """One table: rows in the copy, in what was restored, and in the present database (None where that is lost)."""

    name: str
    copy: int
    restored: int | None
    now: int | None

    @property
    def is_same(self) -> bool:
        return self.copy == self.restored

    @property
    def change(self) -> int | None:
        """How many rows putting it in force brings back (or, negative, takes away)."""
        return None if self.now is None or self.restored is None else self.restored - self.now


def tables_of(restore: Restore) -> list[TableLine]:
    """Those that hold anything, the ones that differ from today first."""
    said = restore.comparison.get("tables", {})
    lines = [
        TableLine(name.removeprefix("public."), **rows) for name, rows in said.items() if any(rows.values())
    ]
    return sorted(lines, key=lambda line: (not line.change, line.name))


def compared_at(restore: Restore) -> datetime | None:
    """When the rows of the present database were counted: what people did since isn't in them."""
    said = restore.comparison.get("at")
    return datetime.fromisoformat(said) if said else restore.ready_at


def above(restore: Restore | None = None) -> list[tuple[str, str]]:
    """Of the page of a restore; with one, of a question about it."""
    found = [(_("Restores"), reverse("restores:restore-list"))]
    if restore is None:
        return found
    name = _("Restore of %(tenant)s") % {"tenant": restore.tenant}
    return [*found, (name, reverse("restores:restore-detail", args=[restore.pk]))]


def shown_to(person: User, actor: str, restore: Restore) -> dict[str, Any]:
    may, agrees = person.has_perm(MAY), person.has_perm(AGREE)
    asked, mine = restore.state == State.REQUESTED, is_same_person(restore.requested_by, actor)
    at_work = any(begun and not begun.is_over for begun in (restore.operation, restore.swap))
    fresh = restore.state == State.APPROVED or (asked and restore.asked_by_tenant)
    return {
        "restore": restore,
        "tables": tables_of(restore),
        "compared_at": compared_at(restore),
        "coming": [] if restore.state in OVER else left_of(restore),
        "is_mine": asked and mine,
        "may_approve": asked and agrees and not mine and not restore.asked_by_tenant,
        "may_refuse": asked and agrees,
        "may_begin": may and fresh and not (asked and mine),
        "may_swap": may and restore.state == State.READY and not at_work and not restore.tenant.is_ending,
        "may_give_up": may and restore.state in OPEN and not at_work,
    }
