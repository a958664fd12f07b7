"""What a new password brings with it."""

from django.contrib.auth import update_session_auth_hash
from django.db import transaction
from django.http import HttpRequest

from accounts.letters.sending import send_letter
from accounts.models import Session, User
from accounts.passwords.expiring import TOLD
from accounts.visits.browsers import forget_all
from accounts.visits.session import session_of
from audit.recording import record

TABLE = User._meta.db_table


@transaction.atomic
def change_password(request: HttpRequest, person: User, password: str) -> None:
    """The person's own doing: this session goes on under a new key, every other one ends, only this
    browser is known, a letter tells of it.
    """
    person.set_password(password)
    person.save(update_fields=["password"])
    update_session_auth_hash(request, person)
    request.session.pop(TOLD, None)
    record("accounts.password_changed", subject=TABLE, object_id=person.pk, name=person.name)
    _end_sessions_of(person, but=request.session.session_key)
    forget_all(person, but=session_of(request).kept.get("browser_id"))
    send_letter(person, "password-changed")


def refuse_change(person: User) -> None:
    record("accounts.password_changed", "refused", subject=TABLE, object_id=person.pk, name=person.name)


def changed_by_link(person: User) -> None:
    """Everybody is out. Of a first password there is nothing to tell: whoever has it was invited just now."""
    shut_out(person)
    if person.former_passwords.exists():
        send_letter(person, "password-changed")


def shut_out(person: User) -> None:
    """Somebody else may have known the password: every session ends, and no browser is known any more."""
    _end_sessions_of(person)
    forget_all(person)


def _end_sessions_of(person: User, *, but: str | None = None) -> None:
    Session.objects.filter(user=person).exclude(session_key=but or "").delete()
