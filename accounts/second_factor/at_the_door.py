"""Who stands before the pages of the second factor, and how they come in."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from accounts.models import User
from accounts.returning import page_with_next
from accounts.second_factor.half_way import who_is_half_way
from accounts.signing_in import sign_in
from accounts.visits.session import session_of

UNSAVED = "recovery_codes_unsaved"


def whom_to_ask(request: HttpRequest) -> User | None:
    """Who is signed in, or has given the right password just now."""
    return request.user if isinstance(request.user, User) else who_is_half_way(request)


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
