"""What each step does and what to do when it fails: words that stand in the step's own line."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrPromise

from backups.models import Restore
from backups.restoring import steps, swapping
from backups.restoring.safety_copy import SIDE_BY_SIDE, take_safety_copy
from jobs.showing import StepLine
from tenants.carrying_out import steps_of
from tenants.models import Operation


@dataclass(frozen=True)
class Advice:
    does: StrPromise
    fails: StrPromise


@dataclass(frozen=True)
class RestoreLine(StepLine):
    """With what the step does, and the remedy where it fails; or why it is left out."""

    advice: Advice | None
    left_out: str = ""

    @property
    def label(self) -> str:
        return self.left_out or super().label


def line_of(line: StepLine, title: str, left_out: str) -> RestoreLine:
    """`left_out`: why there is no safety copy, where there is none."""
    advice = ADVICE.get(title)
    if left_out and title == take_safety_copy.title:
        return RestoreLine(line.title, "cancelled", None, advice, left_out)
    return RestoreLine(line.title, line.state, line.seconds, advice)


ADVICE = {
    steps.check_the_copy.title: Advice(
        _("Every object is read from the storage, and compared with what was signed for."),
        _(
            "Where the storage is away, mend it and try again. A damaged copy: give this up and choose another one."
        ),
    ),
    steps.borrow_its_key.title: Advice(
        _(
            "The drill worker lends the key that opens the copy, to this restore alone; the dump is read once."
        ),
        _(
            "See that the worker drill runs, and what the page Recovery keys says of this tenant; then try again."
        ),
    ),
    steps.create_role.title: Advice(
        _("The restored database gets a role and a password of its own; nobody knows them yet."),
        _("See that the server answers and that its provisioner may sign in, then try again."),
    ),
    steps.restore_database.title: Advice(
        _("A new database with a name of its own is filled; the present one isn't touched."),
        _(
            "Make room on the server's disk, or see why pg_restore complains; trying again begins with an empty one."
        ),
    ),
    steps.compare.title: Advice(
        _("Each table must have the rows and the content that the manifest says, byte for byte."),
        _("The table is named: give this up, choose another copy, and take a new one at once."),
    ),
    steps.restore_files.title: Advice(
        _("The files that people uploaded come out of the copy, into a folder of their own."),
        _(
            "Make room where files lie and try again. If they aren't those that were copied, choose another copy."
        ),
    ),
    steps.begin_the_era.title: Advice(
        _("What is logged from now on has numbers beyond those that the present log has reached."),
        _("See that both databases answer, then try again."),
    ),
    steps.bring_up_to_date.title: Advice(
        _("An older copy is migrated to today's version, and must have its tables, rights and triggers."),
        _("Mend the migration that is named, or install the release that the copy is of, then try again."),
    ),
    steps.raise_walls.title: Advice(
        _("Nobody but its own role may connect to the restored database."),
        _("Run check_isolation: it says which wall doesn't stand. Then try again."),
    ),
    steps.sign_identity.title: Advice(
        _("The restored database says whose it is, signed, so that it can be opened for that tenant alone."),
        _("The worker restore needs AMANA_IDENTITY_KEY: give it that, and try again."),
    ),
    steps.make_ready.title: Advice(
        _("The key is forgotten, and the comparison can be read below."),
        _("See that the catalog answers, then try again."),
    ),
    take_safety_copy.title: Advice(
        _(
            "In place only, where nobody has compared anything: what is there now is copied first, and waited for."
        ),
        _("See that the worker backup runs and that the storage answers, then put it in force again."),
    ),
    swapping.swap.title: Advice(
        _(
            "For some seconds their site answers that it is busy. What was logged since the copy comes along, sessions"
            " and links end, and one update of the catalog leads everybody to what was restored."
        ),
        _(
            "The present database is open again by itself: put it in force again. Where its log can't be read, say so"
            " when you do, and a new chain begins."
        ),
    ),
    swapping.retire_the_old.title: Advice(
        _("The replaced database is kept for some days, and nobody can connect to it."),
        _("What was restored is in force. See what still works in the old one, end that, and try again."),
    ),
}


def coming(kinds: Iterable[str], left_out: str = "") -> list[RestoreLine]:
    """The steps of these operations that nobody has begun yet, in the order in which they come."""
    titles = [function.title for kind in kinds for function in steps_of(kind)]
    return [line_of(StepLine(gettext(title), "waiting", None), title, left_out) for title in titles]


def left_of(restore: Restore) -> list[RestoreLine]:
    """What its page doesn't show as begun: all of it, what puts it in force, or nothing any more."""
    if restore.swap:
        return []
    left_out = "" if restore.in_place else SIDE_BY_SIDE
    kinds = (Operation.Kind.SWAP,) if restore.operation else (Operation.Kind.RESTORE, Operation.Kind.SWAP)
    return coming(kinds, str(left_out))
