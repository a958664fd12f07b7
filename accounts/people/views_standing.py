"""Shutting somebody out, letting them in again, and helping them back in: each asked for on a page of its own."""

from uuid import UUID

from django.http import HttpResponse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from access.declaring import requires
from accounts.inviting import invite_again
from accounts.limits.limiting import limited
from accounts.limits.lockouts import unlock
from accounts.owning import what_is_left_by
from accounts.passwords.resetting import demand_new_password
from accounts.people.asking import Confirmation, Question, ask
from accounts.people.standing import deactivate, reactivate, withdraw
from accounts.requests import PersonRequest
from accounts.second_factor.resetting import reset_second_factor

ASKED = ["GET", "HEAD", "POST"]

DEACTIVATE = Question(
    template="people/deactivate.html",
    does=deactivate,
    done=_("%(name)s is deactivated, and signed out everywhere."),
    shows=lambda person: {"left": what_is_left_by(person), "sessions": person.open_sessions},
)
REACTIVATE = Question(
    template="people/reactivate.html",
    does=reactivate,
    done=_("%(name)s is invited again."),
)
INVITE_AGAIN = Question(
    template="people/invite_again.html",
    does=invite_again,
    done=_("Another invitation is on its way to %(name)s."),
    form=Confirmation,
)
WITHDRAW = Question(
    template="people/withdraw.html",
    does=withdraw,
    done=_("The invitation of %(name)s is withdrawn."),
    form=Confirmation,
)
UNLOCK = Question(
    template="people/unlock.html",
    does=unlock,
    done=_("%(name)s may try again."),
    form=Confirmation,
)
RESET_PASSWORD = Question(
    template="people/reset_password.html",
    does=demand_new_password,
    done=_("The password of %(name)s works no more. A link for a new one is on its way."),
)
RESET_FACTOR = Question(
    template="people/reset_factor.html",
    does=reset_second_factor,
    done=_("%(name)s sets up a second factor anew at the next sign-in."),
)


@requires("accounts.user:deactivate", confirmed=True)
@require_http_methods(ASKED)
def person_deactivate(request: PersonRequest, pk: UUID) -> HttpResponse:
    return ask(request, pk, DEACTIVATE)


@requires("accounts.user:reactivate", confirmed=True)
@require_http_methods(ASKED)
def person_reactivate(request: PersonRequest, pk: UUID) -> HttpResponse:
    return ask(request, pk, REACTIVATE)


@requires("accounts.user:invite")
@limited("invite")
@require_http_methods(ASKED)
def person_invite_again(request: PersonRequest, pk: UUID) -> HttpResponse:
    return ask(request, pk, INVITE_AGAIN)


@requires("accounts.user:invite", confirmed=True)
@require_http_methods(ASKED)
def person_withdraw(request: PersonRequest, pk: UUID) -> HttpResponse:
    return ask(request, pk, WITHDRAW)


@requires("accounts.user:unlock", confirmed=True)
@require_http_methods(ASKED)
def person_unlock(request: PersonRequest, pk: UUID) -> HttpResponse:
    return ask(request, pk, UNLOCK)


@requires("accounts.user:reset_password", confirmed=True)
@require_http_methods(ASKED)
def person_reset_password(request: PersonRequest, pk: UUID) -> HttpResponse:
    return ask(request, pk, RESET_PASSWORD)


@requires("accounts.user:reset_2fa", confirmed=True)
@require_http_methods(ASKED)
def person_reset_factor(request: PersonRequest, pk: UUID) -> HttpResponse:
    return ask(request, pk, RESET_FACTOR)
