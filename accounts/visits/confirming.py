"""Step-up: before something that weighs more, whoever is signed in proves again that it is them."""

from datetime import timedelta
from functools import partial

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from accounts.models import User
from accounts.second_factor.owing import device_of
from accounts.visits.interrupting import ask_in_place, leads_to
from accounts.visits.proving import FIELD, Answer, judge
from accounts.visits.session import session_of
from audit.recording import record

TABLE = User._meta.db_table
GOOD_FOR = timedelta(minutes=5)
NOT_CONFIRMED = 428  # "Precondition Required": to a part of a page, which then says so in words


def is_confirmed(request: HttpRequest) -> bool:
    at = session_of(request).kept.get("confirmed_at")
    return at is not None and timezone.now() - at < GOOD_FOR


def asks_for_code(person: User) -> bool:
    """Whoever has a second factor confirms with that: a password that somebody watched is not enough."""
    return device_of(person) is not None


def confirm(request: HttpRequest, person: User, secret: str) -> Answer:
    """With the right answer it holds for five minutes, under a new key. Raises TooManyAnswers."""
    answer = judge(request, person, secret, by_code=asks_for_code(person))
    if answer.is_right:
        session_of(request).rotate()
        session_of(request).mark(confirmed_at=timezone.now())
    record(
        "accounts.identity_confirmed",
        "done" if answer.is_right else "refused",
        subject=TABLE,
        object_id=person.pk,
        name=person.name,
    )
    return answer


def ask(request: HttpRequest, person: User) -> HttpResponse | None:
    """What stands before a page that wants it; None where the proof came along and the request may go on."""
    if "HX-Request" in request.headers:
        return HttpResponse(status=NOT_CONFIRMED)
    if request.method != "POST":
        return leads_to("accounts:confirm", request)
    prove = partial(confirm, request, person)
    return ask_in_place(request, prove, "accounts/confirm.html", 403, by_code=asks_for_code(person))


def ask_at_the_door(request: HttpRequest, person: User) -> HttpResponse | None:
    """As `ask`, for a page that stands before the one where it is asked elsewhere: here, in its place."""
    if is_confirmed(request):
        return None
    has_form = bool(set(request.POST) - {FIELD, "csrfmiddlewaretoken"})
    prove, status = partial(confirm, request, person), 403 if has_form else 200
    asked = ask_in_place(request, prove, "accounts/confirm.html", status, by_code=asks_for_code(person))
    return asked if asked or has_form else redirect(request.get_full_path())
