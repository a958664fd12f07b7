"""The only owner, shut out: announced to everybody who may say no, and after a delay let in again."""

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from django.conf import settings
from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_noop

from accounts.letters.sending import send_letter
from accounts.models import Assignment, OwnerRecovery, SecurityPolicy, User
from accounts.passwords.resetting import offer_reset
from accounts.second_factor.resetting import reset_second_factor
from accounts.support.asking import people_who_may
from accounts.support.desk import desk
from audit.context import acting, acting_now
from audit.recording import record

TABLE = OwnerRecovery._meta.db_table
UNKNOWN = gettext_noop("Nobody who is an owner there has this address.")
NOT_ALONE = gettext_noop("There is another owner, who can help them: this is for the last one.")


@dataclass(frozen=True, kw_only=True)
class Approved:
    """As two operators agreed upon it, in the catalog."""

    id: UUID
    email: str
    proof: str
    asked_by: str
    approved_by: str
    approver: UUID


def objection_to(email: str) -> str:
    """Why the person with this address isn't recovered like that, in English; empty where they may be.

    An owner who was invited and never came can't help them.
    """
    owning = Assignment.objects.in_force().of_owners()
    if not owning.filter(user__email=email.lower()).exists():
        return UNKNOWN
    others = owning.exclude(user__email=email.lower())
    if others.exclude(user__password__startswith=UNUSABLE_PASSWORD_PREFIX).exists():
        return NOT_ALONE
    return ""


def announce(approved: Approved) -> OwnerRecovery | None:
    """Tell it to the bound tenant, once; the delay begins now. None where there is an objection."""
    with transaction.atomic():
        SecurityPolicy.hold()
        known = OwnerRecovery.objects.filter(pk=approved.id).first()
        if known or objection_to(approved.email):
            return known
        with acting(f"operator:{approved.approver}"):
            return _write_down(approved, User.objects.get(email=approved.email.lower()))


def _write_down(approved: Approved, owner: User) -> OwnerRecovery:
    now = timezone.now()
    made = OwnerRecovery.objects.create(
        id=approved.id,
        owner=owner,
        proof=approved.proof,
        asked_by=approved.asked_by,
        approved_by=approved.approved_by,
        announced_at=now,
        due_at=now + timedelta(hours=settings.AMANA_OWNER_RECOVERY_HOURS),
    )
    record("accounts.recovery_announced", subject=TABLE, object_id=made.pk, name=owner.name)
    for person in {owner, *people_who_may("accounts.support_grant:revoke")}:
        hours = settings.AMANA_OWNER_RECOVERY_HOURS
        send_letter(person, "owner-recovery", owner=owner.name, proof=made.proof, hours=hours)
    return made


def cancel(pk: UUID) -> OwnerRecovery:
    """By whoever acts. Raises RecoveryRefused where it is over; DoesNotExist."""
    with transaction.atomic():
        recovery = OwnerRecovery.objects.select_for_update().get(pk=pk)
        recovery.cancel(acting_now().actor)
        name = recovery.owner.name
        record("accounts.recovery_cancelled", subject=TABLE, object_id=pk, name=name)
    desk().hear_of_recovery(recovery)
    return recovery


@transaction.atomic
def let_in_again(pk: UUID) -> OwnerRecovery:
    """Once its time has come, and as long as nobody said no here or at the operators. Raises RecoveryRefused.

    The second factor goes, every session and every older link ends, and a letter brings a link for a new password.
    """
    recovery = OwnerRecovery.objects.select_for_update().get(pk=pk)
    recovery.finish(acting_now().actor)
    _take_away(recovery.owner)
    record("accounts.recovery_done", subject=TABLE, object_id=pk, name=recovery.owner.name)
    desk().finish_recovery(pk)
    return recovery


def _take_away(owner: User) -> None:
    reset_second_factor(owner, by=None, reason="Let in again by two operators")
    User.objects.filter(pk=owner.pk).update(must_set_password=True)
    offer_reset(owner)
