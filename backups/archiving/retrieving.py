"""Taking an archived copy out: asked for, agreed to by somebody else, and then a delay in which it can be stopped."""

from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import IO

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from audit.context import because
from audit.recording import record
from backups.archiving.staging import OUT, staged
from backups.archiving.waking import tell_soon
from backups.exceptions import ArchiveRefused
from backups.models import ArchivedCopy, Retrieval
from backups.models.archives import delay
from backups.persons import is_proven, is_same_person
from tenants.clock import time_of_catalog

State = Retrieval.State
TABLE = Retrieval._meta.db_table


def ask(copy: ArchivedCopy, by: str, purpose: str, reason: str) -> Retrieval:
    """Bound to the catalog. Raises ArchiveRefused in words."""
    if purpose not in Retrieval.Purpose:
        raise ArchiveRefused(_("Choose what it is for from the list."))
    if not reason.strip():
        raise ArchiveRefused(_("Say why in a sentence: it stands in the log for good."))
    if not copy.is_kept or copy.damage:
        raise ArchiveRefused(_("This archived copy is damaged, or isn't stored: it can't be taken out."))
    told = {"purpose": purpose, "reason": reason.strip(), "requested_by": by}
    try:
        with transaction.atomic(), because(reason.strip()):
            found: Retrieval = Retrieval.objects.create(archived=copy, requested_at=time_of_catalog(), **told)
            copy.tenant.note(gettext_noop("archived copy asked out"), by, reason=found.reason)
            record("backups.retrieval_asked", subject=TABLE, object_id=found.pk, tenant=copy.tenant.slug)
    except IntegrityError:
        raise ArchiveRefused(_("Somebody has asked for it already: that isn't over yet.")) from None
    return found


def approve(retrieval: Retrieval, by: str) -> None:
    """Somebody else than who asked agrees: the delay begins, and everybody concerned gets a letter."""
    with transaction.atomic():
        now = _held(retrieval, (State.REQUESTED,), _("This isn't waiting for an answer any more."))
        if not is_proven(now.requested_by):
            raise ArchiveRefused(_("Nobody has proved who asked for it: stop it, and ask for it anew."))
        if not is_proven(by) or is_same_person(now.requested_by, by):
            raise ArchiveRefused(_("You asked for it yourself: somebody else agrees, or doesn't."))
        now.state, now.decided_by, now.decided_at = State.APPROVED, by, time_of_catalog()
        now.opens_at = now.decided_at + delay()
        now.save(update_fields=["state", "decided_by", "decided_at", "opens_at"])
        now.archived.tenant.note(gettext_noop("archived copy agreed to be taken out"), by)
        record("backups.retrieval_approved", subject=TABLE, object_id=now.pk, tenant=now.archived.tenant.slug)
        transaction.on_commit(tell_soon)


def stop(retrieval: Retrieval, by: str, why: str) -> None:
    """At any moment before it was fetched; a request that nobody agreed to is refused like this, too."""
    if not why.strip():
        raise ArchiveRefused(_("Say why in a sentence: it stands in the log for good."))
    with transaction.atomic(), because(why.strip()):
        now = _held(retrieval, Retrieval.OPEN, _("This is over already."))
        now.state, now.stopped_by, now.error = State.STOPPED, by, why.strip()[:500]
        now.finished_at = time_of_catalog()
        now.save(update_fields=["state", "stopped_by", "error", "finished_at"])
        now.archived.tenant.note(gettext_noop("archived copy stays where it is"), by, reason=now.error)
        record("backups.retrieval_stopped", subject=TABLE, object_id=now.pk, tenant=now.archived.tenant.slug)
    remove_brought(retrieval)


def fetch(retrieval: Retrieval, by: str) -> tuple[IO[bytes], str]:
    """The file, still sealed, and its name: once. Raises ArchiveRefused before its time, and the second time."""
    with transaction.atomic():
        now = _held(
            retrieval, (State.READY,), _("There is nothing to fetch: it isn't its time, or it is over.")
        )
        moment = time_of_catalog()
        check_may_leave(now, moment)
        if now.ready_until is None or moment > now.ready_until:
            raise ArchiveRefused(_("It wasn't fetched in time: ask for it anew."))
        path = staged(now.pk, OUT)
        content = _opened(path)
        now.state, now.fetched_by, now.finished_at = State.FETCHED, by, moment
        now.save(update_fields=["state", "fetched_by", "finished_at"])
        tenant = now.archived.tenant
        tenant.note(gettext_noop("archived copy taken out"), by, reason=now.reason)
        record(
            "backups.retrieval_fetched",
            subject=TABLE,
            object_id=now.pk,
            tenant=tenant.slug,
            sha256=now.archived.sha256,
        )
        transaction.on_commit(lambda: remove_brought(now))
    return content, f"{tenant.slug}-{now.archived.taken_at:%Y%m%d}.zip.age"


def check_may_leave(retrieval: Retrieval, moment: datetime) -> None:
    """Two people who proved who they are, letters to everybody concerned, the whole delay. Raises ArchiveRefused."""
    asked, decided, earliest = retrieval.requested_by, retrieval.decided_by, retrieval.earliest
    if not (is_proven(asked) and is_proven(decided)) or is_same_person(asked, decided) or earliest is None:
        raise ArchiveRefused(_("Nobody else has agreed to it."))
    if retrieval.told_at is None:
        raise ArchiveRefused(_("The letters about it aren't written yet: nobody could stop it."))
    if moment < earliest:
        raise ArchiveRefused(_("It isn't its time yet: until then it can be stopped."))


def remove_brought(retrieval: Retrieval) -> None:
    staged(retrieval.pk, OUT).unlink(missing_ok=True)


def _opened(path: Path) -> IO[bytes]:
    with suppress(FileNotFoundError):
        return path.open("rb")
    raise ArchiveRefused(_("The file isn't there any more: ask for it anew."))


def _held(retrieval: Retrieval, states: tuple[str, ...], refusal: str) -> Retrieval:
    """The row as it is now, locked. Raises ArchiveRefused unless it is in one of these states."""
    rows = Retrieval.objects.select_related("archived__tenant__server")
    now: Retrieval = rows.select_for_update(of=("self",)).get(pk=retrieval.pk)
    if now.state not in states:
        raise ArchiveRefused(refusal)
    return now
