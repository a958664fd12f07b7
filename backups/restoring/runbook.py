"""What each step does and what to do when it fails: a short sentence of each, beside the steps."""

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrPromise


@dataclass(frozen=True)
class Advice:
    """Of one stage, in the order in which they come."""

    stage: StrPromise
    does: StrPromise
    fails: StrPromise


BESIDE = [
    Advice(
        _("Check the copy and borrow its key"),
        _("Every object is read and hashed, and the drill worker lends the key that opens it."),
        _("Damaged or no key: give it up and choose another copy. Nothing was made yet."),
    ),
    Advice(
        _("Restore the database"),
        _("A new database with a name and a role of its own is filled; the present one isn't touched."),
        _("Disk full or a worker that died: make room, see that the worker restore runs, try again."),
    ),
    Advice(
        _("Compare, and bring it up to today's version"),
        _("Each table must have the rows and the content that the manifest says."),
        _("A difference is named below: give it up, choose another copy, and report the damaged one."),
    ),
]
IN_FORCE = [
    Advice(
        _("Shut the present database"),
        _("For some seconds their site answers that it is busy. What people have begun is not kept."),
        _("It is opened again by itself where anything fails: try again."),
    ),
    Advice(
        _("Carry the log over"),
        _("What was logged since the copy is sealed and attached, so that the chain stays whole."),
        _("Where the present log can't be read, say so when you put it in force: a new chain begins."),
    ),
    Advice(
        _("Put it in force"),
        _("One update of the catalog. Everybody signs in anew; links and visits have ended."),
        _("The old database is kept shut for some days: from there, nothing is lost."),
    ),
]
