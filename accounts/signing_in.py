"""Who comes and goes, and who isn't let in: each leaves an event in the activity log."""

from django.contrib.auth import authenticate, logout
from django.http import HttpRequest
from django.utils.crypto import salted_hmac

from accounts.acting import actor_of
from accounts.models import User
from accounts.visits.beginning import begin
from audit.context import ANONYMOUS, act_as
from audit.recording import record

TABLE = User._meta.db_table


def whose(request: HttpRequest, email: str, password: str) -> User | None:
    """The active user with this pair. A refusal is recorded, of the person who has the address if there is one."""
    user = authenticate(request, email=email, password=password)
    if user is None:
        _record_refusal(email)
    return user


def _record_refusal(email: str) -> None:
    """A stranger's address is nobody's to keep: only that it was the same one again can be told."""
    person = User.objects.filter(email=email).first()
    if person:
        record("accounts.signed_in", "refused", subject=TABLE, object_id=person.pk, name=person.name)
    else:
        record("accounts.stranger_came", "refused", address=address_hash(email))


def address_hash(email: str) -> str:
    """An address as 16 hex digits, keyed by the bound tenant's own key: equal for equal ones, at no other tenant."""
    return salted_hmac("stranger", email.strip().lower(), algorithm="sha256").hexdigest()[:16]


def sign_in(request: HttpRequest, user: User) -> None:
    """From here on `user` acts. Where it can't be recorded nobody is signed in: a failed request keeps no session."""
    act_as(actor_of(user))
    begin(request, user)
    record("accounts.signed_in", subject=TABLE, object_id=user.pk, name=user.name)


def sign_out(request: HttpRequest) -> None:
    user = request.user
    if isinstance(user, User):
        record("accounts.signed_out", subject=TABLE, object_id=user.pk, name=user.name)
    logout(request)
    act_as(ANONYMOUS)
