"""How a visit ends before its time: by its own person, by somebody who may, or by the product."""

from uuid import UUID

from django.contrib.auth import logout
from django.http import HttpRequest

from accounts.models import Session, User
from accounts.sessions import WHY
from accounts.visits.agents import in_english
from audit.context import ANONYMOUS, act_as
from audit.recording import record

TABLE = User._meta.db_table


def revoke(person: User, handle: UUID) -> bool:
    """Whoever acts ends one session of `person`: its browser is signed out at its next request.

    False where it isn't theirs, or is over already.
    """
    session = Session.objects.of(person).filter(handle=handle).first()
    if session is None or not _delete([session.pk]):
        return False
    record(
        "accounts.session_revoked",
        subject=TABLE,
        object_id=person.pk,
        name=person.name,
        browser=in_english(session.agent),
    )
    return True


def revoke_all(person: User, but: str | None = None) -> int:
    """All sessions of `person`, except the one with the key `but`; how many there were."""
    keys = [*Session.objects.of(person).exclude(pk=but or "").values_list("pk", flat=True)]
    number = _delete(keys)
    if number:
        record(
            "accounts.sessions_revoked",
            subject=TABLE,
            object_id=person.pk,
            name=person.name,
            number=number,
        )
    return number


def sign_out_because(request: HttpRequest, why: str) -> None:
    """Whose request it is, is nobody from here on, and reads why at the sign-in page."""
    session = Session.objects.filter(pk=request.session.session_key).first()
    if session:
        session.end(why)
    logout(request)
    act_as(ANONYMOUS)
    request.session[WHY] = why


def _delete(keys: list[str]) -> int:
    return Session.objects.filter(pk__in=keys).delete()[0]
