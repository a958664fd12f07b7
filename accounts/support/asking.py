"""What reaches a tenant from the operator site: that somebody asks to come in, seconds it, or asks no more."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction

from accounts.letters.sending import send_letter
from accounts.models import SecurityPolicy, SupportGrant, User
from accounts.support.visits import TABLE, end_what_is_past
from audit.context import acting
from audit.recording import record


@dataclass(frozen=True, kw_only=True)
class Asked:
    """As the catalog has it. `second`: the operator who seconds it; `withdrawn_by`: who asks no more."""

    id: UUID
    operator_id: UUID
    operator_name: str
    reason: str
    minutes: int
    requested_at: datetime
    second: UUID | None = None
    withdrawn_by: UUID | None = None


@dataclass(frozen=True)
class Answer:
    """As the tenant has it."""

    grant: SupportGrant
    second_may_approve: bool


def bring_in_step(asked: Asked) -> Answer:
    """Do at the bound tenant what was asked for and isn't done yet; as often as it is asked, once."""
    end_what_is_past()
    with transaction.atomic():
        policy = SecurityPolicy.hold()
        grant = SupportGrant.objects.select_for_update().filter(pk=asked.id).first() or _request(asked)
        if asked.withdrawn_by and grant.may_be_ended:
            _withdraw(grant, asked.withdrawn_by)
        elif asked.second and asked.second != asked.operator_id and policy.second_operator_may_approve:
            _second(grant, asked.second)
    return Answer(grant, policy.second_operator_may_approve)


def _request(asked: Asked) -> SupportGrant:
    with acting(f"operator:{asked.operator_id}"):
        grant = SupportGrant.objects.create(
            id=asked.id,
            operator_id=asked.operator_id,
            operator_name=asked.operator_name,
            reason=asked.reason,
            minutes=asked.minutes,
            requested_at=asked.requested_at,
        )
        record(
            "accounts.support_asked",
            subject=TABLE,
            object_id=grant.pk,
            name=grant.operator_name,
            minutes=grant.minutes,
        )
    for person in people_who_may("accounts.support_grant:approve"):
        asked_by, minutes = grant.operator_name, grant.minutes
        send_letter(person, "support-request", operator=asked_by, reason=grant.reason, minutes=minutes)
    return grant


def _second(grant: SupportGrant, operator: UUID) -> None:
    if grant.is_waiting:
        with acting(f"operator:{operator}"):
            grant.approve(second_operator=operator)
            record("accounts.support_approved", subject=TABLE, object_id=grant.pk, name=grant.operator_name)


def _withdraw(grant: SupportGrant, operator: UUID) -> None:
    with acting(f"operator:{operator}"):
        grant.end(f"operator:{operator}")
        record("accounts.guest_left", subject=TABLE, object_id=grant.pk, name=grant.operator_name)


def people_who_may(code: str) -> list[User]:
    """Everybody active of the bound tenant who holds `code`."""
    return [person for person in User.objects.active() if person.has_perm(code)]
