"""What a drill does, in this order; what each step proves, and what to do where it fails."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from backups.drilling.application import let_it_answer
from backups.drilling.cleaning import clean
from backups.drilling.comparing import compare_content, compare_files, compare_sequences, verify_seal
from backups.drilling.constraints import check_constraints
from backups.drilling.fetching import check_hashes, check_headers, check_signature, fetch, make_room
from backups.drilling.judging import About
from backups.drilling.opening import decrypt, parse, restore
from backups.drilling.targets import meet_targets
from backups.drilling.upgrading import upgrade
from backups.drilling.work import Found, Work

if TYPE_CHECKING:
    from django_stubs_ext import StrPromise


@dataclass(frozen=True)
class DrillStepKind:
    """`proves` and `remedy` stand beside the step on its page: nobody has to look for the runbook then.

    `about`: what its failing speaks of. Only what speaks of the copy takes the copy's good standing away.
    """

    code: str
    run: Callable[[Work], Found]
    title: "StrPromise"
    proves: "StrPromise"
    remedy: "StrPromise"
    about: About = About.COPY


STEPS = (
    DrillStepKind(
        "room",
        make_room,
        _("Make room"),
        _("Nothing of another copy lies in scratch, so what is found later is of this one."),
        _(
            "See who holds scratch, that the drill worker's disk has room, and that its pg_restore isn't older than the"
            " pg_dump that wrote the copy; then start the drill again."
        ),
        About.MACHINE,
    ),
    DrillStepKind(
        "fetch",
        fetch,
        _("Fetch the copy"),
        _("The storage gives out every object of the copy to a reader that can't write."),
        _(
            "Where the storage doesn't answer, mend that. Where an object is missing, see who removed it, and take"
            " a new copy."
        ),
        About.OBJECTS,
    ),
    DrillStepKind(
        "signature",
        check_signature,
        _("Check the signature"),
        _("The manifest was signed by our backup worker (Ed25519), for this copy of this tenant."),
        _("Somebody changed the storage: treat it as an incident, and take a new copy at once."),
        About.OBJECTS,
    ),
    DrillStepKind(
        "hash",
        check_hashes,
        _("Compare sizes and SHA-256"),
        _("Not one bit of the stored objects has changed since the copy was taken."),
        _("The storage is damaged: restore from another copy, take a new one, and look at the disks."),
        About.OBJECTS,
    ),
    DrillStepKind(
        "header",
        check_headers,
        _("Read the age headers"),
        _("Each object is encrypted, and to the tenant's key alone."),
        _("Treat it as an incident: something other than our backup worker wrote this copy."),
    ),
    DrillStepKind(
        "decrypt",
        decrypt,
        _("Decrypt"),
        _("The tenant's recovery key is there, opens the copy, and every byte comes out."),
        _("Look at the tenant's recovery keys; an offline key may still open it. Then take a new copy."),
    ),
    DrillStepKind(
        "parse",
        parse,
        _("Read the whole archive"),
        _("pg_restore understands the dump from its first byte to its last."),
        _(
            "The dump was broken when it was taken: take a new copy, and see why pg_dump said that all was well."
        ),
    ),
    DrillStepKind(
        "restore",
        restore,
        _("Restore"),
        _("The copy becomes a database again, in one transaction, by a role that is no superuser."),
        _("Read pg_restore's words; see that its major version isn't older than the server's."),
    ),
    DrillStepKind(
        "content",
        compare_content,
        _("Compare every row"),
        _("Each table has the rows, and each row the bytes, that were there when the copy was taken."),
        _("Don't restore from this copy. The table is named: compare it with another copy."),
    ),
    DrillStepKind(
        "sequences",
        compare_sequences,
        _("Compare sequences"),
        _("Numbers go on where they stood: none is given out twice."),
        _("Don't restore from this copy before the sequence that is named was looked at."),
    ),
    DrillStepKind(
        "constraints",
        check_constraints,
        _("Check constraints"),
        _("Every rule of the schema is in force, and true of every row."),
        _("Look at the rows of the table that is named in the live database, too."),
    ),
    DrillStepKind(
        "seal",
        verify_seal,
        _("Verify the activity log"),
        _("The log in the copy is as it was sealed, and its seals are those that are anchored elsewhere."),
        _("Run verify_activity on the live database, and treat it as an incident if that fails, too."),
    ),
    DrillStepKind(
        "migrations",
        upgrade,
        _("Upgrade to today's code"),
        _("A copy of older code can be used: its migrations are today's beginning, and the rest runs on it."),
        _("Mend the migration that fails before the next restore is needed."),
        About.MACHINE,
    ),
    DrillStepKind(
        "application",
        let_it_answer,
        _("Let the application answer"),
        _("Amana itself works on it: models, rights and a page, with mail and background work turned off."),
        _("Start the same release against a restored copy, and look at what it logs."),
        About.MACHINE,
    ),
    DrillStepKind(
        "files",
        compare_files,
        _("Compare files"),
        _("The tenant's files come out of the copy as they went in."),
        _("Don't restore files from this copy: take them from another, and take a new copy."),
    ),
    DrillStepKind(
        "targets",
        meet_targets,
        _("Compare with the targets"),
        _("A restore takes no longer than promised; how much would have been lost is said beside it."),
        _("Find the step that took the time; the tenant may have outgrown its server, or the promise."),
        About.MACHINE,
    ),
    DrillStepKind(
        "clean",
        clean,
        _("Clean up"),
        _("Nothing that could be read is left: neither in scratch nor on a disk."),
        _("Empty scratch by hand at once: what lies there is a customer's data."),
        About.MACHINE,
    ),
)
KINDS = {step.code: step for step in STEPS}
