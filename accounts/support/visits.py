"""A visit from its beginning to its end, at the tenant: each step an event here, and told to the platform."""

from contextlib import suppress
from uuid import UUID

from django.db import transaction
from django.http import HttpRequest
from django.utils.translation import gettext

from accounts.exceptions import SupportRefused
from accounts.models import SupportGrant, User
from accounts.models.support import BY_TIME
from accounts.support.desk import desk
from accounts.support.guest import Guest, guest_of
from accounts.support.tickets import digest_of, grant_of
from audit.context import act_as, acting_now
from audit.recording import record
from tenants.binding import bound_tenant
from tenants.speaking import asked_for

TABLE = SupportGrant._meta.db_table
KEPT = "support_visit"  # in the session's data: the grant and the ticket that opened it


def approve(grant_id: UUID, by: User) -> SupportGrant:
    """Raises SupportRefused; DoesNotExist."""
    with transaction.atomic():
        grant = _held(grant_id)
        grant.approve(by)
        record("accounts.support_approved", subject=TABLE, object_id=grant.pk, name=grant.operator_name)
    desk().hear_of(grant)
    return grant


def refuse(grant_id: UUID, by: User) -> SupportGrant:
    with transaction.atomic():
        grant = _held(grant_id)
        grant.refuse(by)
        record("accounts.support_declined", subject=TABLE, object_id=grant.pk, name=grant.operator_name)
    desk().hear_of(grant)
    return grant


def end(grant_id: UUID) -> SupportGrant:
    """By whoever acts: one of the tenant's people, the guest, the operators, or the time."""
    with transaction.atomic():
        grant = _held(grant_id)
        grant.end(acting_now().actor)
        record("accounts.guest_left", subject=TABLE, object_id=grant.pk, name=grant.operator_name)
    desk().hear_of(grant)
    return grant


def end_what_is_past() -> None:
    """Nobody waits for this: a grant whose time is up opens nothing, noted or not."""
    for grant in SupportGrant.objects.filter(ended_at=None).exclude(state=SupportGrant.State.REFUSED):
        if grant.is_past:
            _end_by_time(grant.pk)


def _end_by_time(grant_id: UUID) -> None:
    with transaction.atomic():
        grant = _held(grant_id)
        if not grant.is_past:
            return
        grant.end(BY_TIME)
        record("accounts.guest_left", subject=TABLE, object_id=grant.pk, name=grant.operator_name)


def come_in(request: HttpRequest, ticket: str) -> SupportGrant:
    """From here on the session is a guest's. Raises SupportRefused, which is recorded."""
    try:
        grant = _use(ticket)
    except SupportRefused:
        record("accounts.guest_came", "refused")
        raise
    request.session.flush()
    request.session[KEPT] = {"grant": str(grant.pk), "ticket": grant.ticket_digest}
    request.session.set_expiry(grant.until)
    act_as(f"operator:{grant.operator_id}")
    record("accounts.guest_came", subject=TABLE, object_id=grant.pk, name=grant.operator_name)
    desk().hear_of(grant)
    return grant


@transaction.atomic
def _use(ticket: str) -> SupportGrant:
    """The platform's word that the ticket is good, and the tenant's that somebody may come in: both, or nothing."""
    grant_id = grant_of(ticket, bound_tenant().pk)
    grant = SupportGrant.objects.select_for_update().filter(pk=grant_id).first()
    if grant is None or not grant.may_be_entered or not desk().use_ticket(grant_id, digest_of(ticket)):
        raise SupportRefused(gettext("This ticket is worth nothing here, or its minute is over."))
    grant.open(digest_of(ticket))
    return grant


def visible_grant(ticket: str) -> SupportGrant:
    """What a ticket would open; nothing is used up. Raises SupportRefused."""
    grant = SupportGrant.objects.filter(pk=grant_of(ticket, bound_tenant().pk)).first()
    if grant is None or not grant.may_be_entered or grant.ticket_digest == digest_of(ticket):
        raise SupportRefused(gettext("This ticket is worth nothing here, or its minute is over."))
    return grant


def guest_in(request: HttpRequest) -> Guest | None:
    """Whose visit this session is; None once it has ended, whoever ended it."""
    kept = request.session[KEPT]
    grant = SupportGrant.objects.filter(pk=kept["grant"], ticket_digest=kept["ticket"]).first()
    return guest_of(grant, asked_for(request)) if grant and grant.is_open else None


def leave(request: HttpRequest, guest: Guest) -> None:
    with suppress(SupportRefused):
        end(guest.grant_id)
    request.session.flush()


def _held(grant_id: UUID) -> SupportGrant:
    return SupportGrant.objects.select_for_update().get(pk=grant_id)
