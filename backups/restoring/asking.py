"""A restore is asked for, agreed to by somebody else, carried out, and put in force or given up."""

from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from audit.recording import record
from backups.exceptions import RestoreRefused
from backups.keeping.damage import is_of_bytes
from backups.models import Backup, RecoveryKey, Restore
from backups.persons import is_proven, is_same_person
from backups.restoring.safety_copy import begin_anew_where_stale
from backups.restoring.telling import tell_operators, tell_the_owner
from tenants.carrying_out import request
from tenants.models import Operation, Tenant, TenantState

State = Restore.State
TABLE = Restore._meta.db_table
RESTORABLE = (TenantState.ACTIVE, TenantState.SUSPENDED, TenantState.LEAVING)
OPEN = Restore.OPEN


@dataclass(frozen=True)
class Wish:
    """What is asked for. `typed` is the tenant's short name, where the present data is to be replaced at once."""

    purpose: str
    reason: str
    in_place: bool = False
    typed: str = ""
    by_tenant: bool = False


def ask(tenant: Tenant, backup: Backup, by: str, wish: Wish) -> Restore:
    """Ask for `backup` to be restored, bound to the catalog. Raises RestoreRefused in words."""
    with transaction.atomic():
        held = Tenant.objects.select_for_update().get(pk=tenant.pk)
        _refuse_unfit(held, backup, wish)
        restore = Restore.objects.create(
            tenant=held,
            backup=backup,
            purpose=wish.purpose,
            reason=wish.reason.strip(),
            in_place=wish.in_place,
            requested_by=by,
            asked_by_tenant=wish.by_tenant,
        )
        held.note(gettext_noop("restore asked for"), by, reason=restore.reason)
        record("backups.restore_asked", subject=TABLE, object_id=restore.pk, tenant=held.slug)
        tell_operators(restore)
    return restore


def _refuse_unfit(tenant: Tenant, backup: Backup, wish: Wish) -> None:
    _refuse_tenant(tenant, wish)
    if wish.purpose not in Restore.Purpose:
        raise RestoreRefused(_("Choose what the restore is for from the list."))
    if not wish.reason.strip():
        raise RestoreRefused(_("Say why in a sentence: it stands in the log for good."))
    if backup.tenant_id != tenant.pk:
        raise RestoreRefused(_("This copy is another customer's."))
    if (
        RecoveryKey.objects.filter(tenant=tenant, version=backup.key_version or 0)
        .exclude(destroyed_at=None)
        .exists()
    ):
        raise RestoreRefused(_("The key of this copy was destroyed: nothing opens it any more."))
    if not backup.is_stored or backup.damage:
        raise RestoreRefused(_("This copy is damaged or no longer stored: choose another one."))
    if tenant.restores.filter(state__in=OPEN).exists():
        told = {"tenant": tenant.name}
        if wish.by_tenant:
            raise RestoreRefused(
                _("A restore of %(tenant)s is under way: ask for another one once it is over.") % told
            )
        raise RestoreRefused(
            _("Another restore of %(tenant)s isn't over yet: finish it or give it up first.") % told
        )


def _refuse_tenant(tenant: Tenant, wish: Wish) -> None:
    """GS-062: of a closed customer only what the law demands, and that beside."""
    told = {"tenant": tenant.name, "slug": tenant.slug}
    if tenant.is_ending and wish.purpose != Restore.Purpose.LEGAL:
        raise RestoreRefused(
            _("%(tenant)s is closed: only what the law demands is restored of a closed customer.") % told
        )
    if tenant.is_ending and wish.in_place:
        raise RestoreRefused(_("What is closed is restored beside, and never put in force."))
    if not tenant.is_ending and tenant.state not in RESTORABLE:
        raise RestoreRefused(_("%(tenant)s is still being set up: there is nothing to restore yet.") % told)
    if wish.in_place and wish.typed != tenant.slug:
        raise RestoreRefused(_("Type %(slug)s to restore in place: nothing was done.") % told)


def approve(restore: Restore, by: str) -> None:
    """Somebody else than who asked agrees; what the tenant's owner asked for, whoever will carry it out."""
    with transaction.atomic():
        now = _held(restore, (State.REQUESTED,), _("This isn't waiting for an answer any more."))
        if not is_proven(now.requested_by):
            raise RestoreRefused(_("Nobody has proved who asked for it: give it up, and ask for it anew."))
        if not is_proven(by) or is_same_person(now.requested_by, by):
            raise RestoreRefused(_("You asked for it yourself: somebody else agrees, or doesn't."))
        now.state, now.decided_by, now.decided_at = State.APPROVED, by, timezone.now()
        now.save(update_fields=["state", "decided_by", "decided_at"])
        now.tenant.note(gettext_noop("restore agreed to"), by)
        record("backups.restore_approved", subject=TABLE, object_id=now.pk, tenant=now.tenant.slug)


def refuse(restore: Restore, by: str, why: str) -> None:
    with transaction.atomic():
        now = _held(restore, (State.REQUESTED,), _("This isn't waiting for an answer any more."))
        now.state, now.decided_by, now.decided_at = State.REFUSED, by, timezone.now()
        now.finished_at, now.error = now.decided_at, why.strip()[:500]
        now.save(update_fields=["state", "decided_by", "decided_at", "finished_at", "error"])
        now.tenant.note(gettext_noop("restore refused"), by, reason=now.error)
        record("backups.restore_declined", subject=TABLE, object_id=now.pk, tenant=now.tenant.slug)
        tell_the_owner(now)


def begin(restore: Restore, by: str) -> Operation:
    """Begin what was agreed to; asked again, go on with what stopped. Raises RestoreRefused."""
    with transaction.atomic():
        fit = (State.APPROVED, State.RUNNING, State.FAILED)
        now = _held(restore, fit, _("Nobody has agreed to this restore, or it is over."))
        _refuse_damaged(now)
        now.operation = request(Operation.Kind.RESTORE, now.tenant, by)
        now.state, now.error, now.storage_away_since = State.RUNNING, "", None
        now.save(update_fields=["operation", "state", "error", "storage_away_since"])
        record("backups.restore_begun", subject=TABLE, object_id=now.pk, tenant=now.tenant.slug)
    return now.operation


def _refuse_damaged(restore: Restore) -> None:
    """What is wrong with its bytes somebody may have put right since, and each try looks at those itself."""
    damage = restore.backup.damage
    was_tried = restore.state != State.APPROVED and is_of_bytes(damage)
    if damage and restore.state != State.RUNNING and not was_tried:
        raise RestoreRefused(_("This copy was found to be damaged since: ask for a restore of another one."))


def ask_swap(restore: Restore, by: str, typed: str, *, leave_log: bool = False) -> Operation:
    """Put the restored one in force; `typed` must be the tenant's short name, letter by letter.

    Asked again, it goes on where it stopped. `leave_log`: a try has shown that the present log can't be carried over;
    where the next one can't either, a new chain begins.
    """
    with transaction.atomic():
        now = _held(restore, (State.READY,), _("There is nothing here that could be put in force."))
        told = {"tenant": now.tenant.name, "slug": now.tenant.slug}
        if typed != now.tenant.slug:
            raise RestoreRefused(_("Type %(slug)s to put it in force: nothing was done.") % told)
        if now.tenant.is_ending:
            raise RestoreRefused(_("%(tenant)s is closed: what is restored of it isn't put in force.") % told)
        if leave_log and not now.log_trouble:
            raise RestoreRefused(_("The present log comes along: no try has failed at it. Nothing was done."))
        _end_what_only_shuts(now.tenant)
        if now.swap and now.swap.state == Operation.State.FAILED:
            begin_anew_where_stale(now.swap)
        now.swap = request(Operation.Kind.SWAP, now.tenant, by)
        now.leaves_log, now.error = leave_log, ""
        now.save(update_fields=["swap", "leaves_log", "error"])
    return now.swap


def _end_what_only_shuts(tenant: Tenant) -> None:
    """What an earlier restore, in force since, couldn't do: the next one isn't kept waiting, and does it as well."""
    for operation in tenant.operations.filter(swapped__state=State.SWAPPED).exclude(
        state=Operation.State.DONE
    ):
        _end(operation)


def give_up(restore: Restore, by: str, why: str = "") -> None:
    """It isn't wanted any more; `beside.drop_what_is_over` drops what there is of it. Raises RestoreRefused."""
    with transaction.atomic():
        now = _held(restore, OPEN, _("This is over already."))
        for operation in filter(None, (now.operation, now.swap)):
            _end(operation)
        now.state, now.finished_at, now.error = State.GIVEN_UP, timezone.now(), why.strip()[:500]
        now.save(update_fields=["state", "finished_at", "error"])
        now.tenant.note(gettext_noop("restore given up"), by, reason=now.error)
        record("backups.restore_given_up", subject=TABLE, object_id=now.pk, tenant=now.tenant.slug)
        tell_the_owner(now)


def _end(operation: Operation) -> None:
    if operation.state in (Operation.State.RUNNING, Operation.State.QUEUED):
        raise RestoreRefused(_("It is being worked on: wait until that has ended or failed."))
    if operation.state == Operation.State.FAILED:
        operation.finish()


def _held(restore: Restore, states: tuple[str, ...], refusal: str) -> Restore:
    """The row as it is now, locked. Raises RestoreRefused unless it is in one of these states."""
    rows = Restore.objects.select_related("tenant__server", "operation", "swap")
    now = rows.select_for_update(of=("self",)).get(pk=restore.pk)
    if now.state not in states:
        raise RestoreRefused(refusal)
    return now
