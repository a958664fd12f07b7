"""Who comes and goes, and who isn't let in: each leaves an event in the activity log."""

from django.contrib.auth import authenticate, logout
from django.http import HttpRequest
from django.utils import timezone
from django.utils.crypto import salted_hmac

from accounts.acting import actor_of
from accounts.exceptions import TooOften
from accounts.limits.attempts import give_back
from accounts.limits.handler import attempt_of
from accounts.limits.lockouts import record_lockout
from accounts.models import User
from accounts.second_factor.half_way import forget, remember
from accounts.second_factor.owing import page_asking
from accounts.visits.beginning import begin
from accounts.visits.session import session_of
from audit.context import ANONYMOUS, act_as
from audit.recording import record

TABLE = User._meta.db_table
BACKEND = "accounts.authentication.EmailBackend"


def whose(request: HttpRequest, email: str, password: str) -> User | None:
    """The active user with this pair. A refusal is recorded, of the person who has the address if there is one.

    Raises TooOften where the password wasn't even looked at.
    """
    user = authenticate(request, email=email, password=password)
    attempt = attempt_of(request)
    if attempt.wait:
        raise TooOften(attempt.wait)
    if user is None:
        _record_refusal(email, locks_out=attempt.is_last)
    else:
        give_back(attempt)
    return user


def _record_refusal(email: str, *, locks_out: bool) -> None:
    """A stranger's address is nobody's to keep: only that it was the same one again can be told."""
    person = User.objects.filter(email=email).first()
    if person:
        record("accounts.signed_in", "refused", subject=TABLE, object_id=person.pk, name=person.name)
    else:
        record("accounts.stranger_came", "refused", address=address_hash(email))
    if locks_out:
        record_lockout(person, address_hash(email))


def address_hash(email: str) -> str:
    """An address as 16 hex digits, keyed by the bound tenant's own key: equal for equal ones, at no other tenant."""
    return salted_hmac("stranger", email.strip().lower(), algorithm="sha256").hexdigest()[:16]


def password_proven(request: HttpRequest, user: User) -> str:
    """The name of the page that asks for more before anybody is signed in; empty where `user` is, from here on.

    Either way it is `user` who acts from here on, as the log tells it: nobody else knows the password.
    """
    page = page_asking(user)
    if not page:
        sign_in(request, user)
        return ""
    if isinstance(request.user, User):
        sign_out(request)
    act_as(actor_of(user))
    remember(request, user)
    record("accounts.password_proven", subject=TABLE, object_id=user.pk, name=user.name)
    return page


def sign_in(request: HttpRequest, user: User, *, with_factor: bool = False) -> None:
    """From here on `user` acts. Where it can't be recorded nobody is signed in: a failed request keeps no session."""
    act_as(actor_of(user))
    forget(request)
    begin(request, user, BACKEND)
    record("accounts.signed_in", subject=TABLE, object_id=user.pk, name=user.name)
    if with_factor:
        session_of(request).mark(factor_at=timezone.now())


def sign_out(request: HttpRequest) -> None:
    user = request.user
    if isinstance(user, User):
        record("accounts.signed_out", subject=TABLE, object_id=user.pk, name=user.name)
    logout(request)
    act_as(ANONYMOUS)
