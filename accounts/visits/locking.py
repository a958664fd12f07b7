"""The lock of the screen is the server's: behind it a session answers nothing, until its person says who they are."""

from datetime import timedelta
from functools import partial
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone

from accounts.models import Session, User
from accounts.second_factor.owing import device_of
from accounts.sessions import SessionStore
from accounts.visits.interrupting import ask_in_place
from accounts.visits.proving import Answer, judge, looks_like_a_code
from accounts.visits.session import session_of
from audit.recording import record

TABLE = User._meta.db_table
LOCKED = 423


def is_locked(request: HttpRequest, person: User) -> bool:
    """Locked it is, or nobody was there for so long that it is from now on."""
    session = session_of(request)
    if session.kept["locked_at"] is None and _is_silent(session):
        lock(request, person)
    return session.kept["locked_at"] is not None


def lock(request: HttpRequest, person: User) -> None:
    now = timezone.now()
    row = Session.objects.filter(pk=request.session.session_key, locked_at=None)
    if row.update(locked_at=now):
        record("accounts.screen_locked", subject=TABLE, object_id=person.pk, name=person.name)
    session_of(request).kept["locked_at"] = now


def unlock(request: HttpRequest, person: User, secret: str) -> Answer:
    """By the password or by the code of one's app. Raises TooManyAnswers."""
    by_code = looks_like_a_code(secret) and device_of(person) is not None
    answer = judge(request, person, secret, by_code=by_code)
    if answer.is_right:
        session_of(request).mark(locked_at=None, last_seen_at=timezone.now())
    record(
        "accounts.screen_unlocked",
        "done" if answer.is_right else "refused",
        subject=TABLE,
        object_id=person.pk,
        name=person.name,
    )
    return answer


def leads_to_lock(back: str) -> HttpResponse:
    return redirect(f"{reverse('accounts:locked')}?{urlencode({'next': back})}")


def refuse(request: HttpRequest, person: User) -> HttpResponse | None:
    """What is answered instead of any page; None where the proof came along and the request may go on."""
    if "HX-Request" in request.headers or "text/html" not in request.headers.get("Accept", "text/html"):
        return HttpResponse(status=LOCKED)
    if request.method != "POST":
        return leads_to_lock(request.get_full_path())
    return ask_in_place(request, partial(unlock, request, person), "accounts/locked.html", LOCKED)


def _is_silent(session: SessionStore) -> bool:
    silence: timedelta = timezone.now() - session.kept["last_seen_at"]
    return silence >= timedelta(minutes=session.kept["lock_minutes"])
