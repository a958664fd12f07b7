"""Who stands before the pages of the second factor, and how they come in."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from accounts.acting import actor_of
from accounts.models import User
from accounts.returning import page_with_next
from accounts.second_factor.half_way import who_is_half_way
from accounts.signing_in import sign_in
from accounts.visits.session import session_of
from audit.context import act_as

UNSAVED = "recovery_codes_unsaved"


def who_comes(request: HttpRequest) -> User | None:
    """Who is signed in, or has given the right password just now: what follows is theirs, and told as theirs."""
    if isinstance(request.user, User):
        return request.user
    person = who_is_half_way(request)
    if person:
        act_as(actor_of(person))
    return person


def has_given_factor(request: HttpRequest) -> bool:
    """In this session, by somebody who is signed in."""
    return isinstance(request.user, User) and session_of(request).kept.get("factor_at") is not None


def let_in(request: HttpRequest, person: User) -> None:
    """The second factor was given: `person` is signed in from here on, or the session has a new key."""
    if not isinstance(request.user, User):
        sign_in(request, person, with_factor=True)
        return
    request.session.cycle_key()
    session_of(request).mark(factor_at=timezone.now())


def to_sign_in(request: HttpRequest) -> HttpResponse:
    return redirect(page_with_next("accounts:sign-in", request))
