"""Inviting somebody, giving them roles and taking those away."""

from collections.abc import Callable
from typing import TypeVar
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from access.declaring import requires
from accounts.exceptions import AccountsRefused, InvitationRefused
from accounts.granting import end, grant
from accounts.limits.limiting import limited
from accounts.models import Assignment, User
from accounts.people.asking import Question, ask, typed
from accounts.people.bringing_in import bring_in
from accounts.people.duties import conflicts_brought_by
from accounts.people.forms import GrantForm, InviteForm, NameForm
from accounts.people.renaming import rename
from accounts.requests import PersonRequest

Made = TypeVar("Made")
ASKED = ["GET", "HEAD", "POST"]


@requires("accounts.user:invite", confirmed=True)
@limited("invite")
@require_http_methods(ASKED)
def invite(request: PersonRequest) -> HttpResponse:
    form = InviteForm(typed(request), may_give=request.user.has_perm("accounts.user:assign_role"))
    if form.is_valid() and form.accepts(conflicts_brought_by(form.given_roles(), request.user)):
        person = _made(
            form, lambda: bring_in(form.newcomer(), form.given_roles(), form.terms(), request.user)
        )
        if person:
            messages.success(
                request, _("%(name)s is invited: the letter is on its way.") % {"name": person.name}
            )
            return redirect("people:person-detail", person.pk)
    return render(request, "people/invite.html", {"form": form}, status=422 if form.is_bound else 200)


@requires("accounts.user:assign_role", confirmed=True)
@require_http_methods(ASKED)
def role_give(request: PersonRequest, pk: UUID) -> HttpResponse:
    person = get_object_or_404(User, pk=pk)
    form = GrantForm(typed(request))
    if form.is_valid() and form.accepts(
        conflicts_brought_by([form.cleaned_data["role"]], request.user, person)
    ):
        role = form.cleaned_data["role"]
        made = _made(form, lambda: grant(person, role, request.user, form.terms()))
        if made:
            told = {"name": person.name, "role": role.label}
            messages.success(request, _("%(name)s now has the role %(role)s.") % told)
            return redirect("people:person-detail", person.pk)
    shown = {"form": form, "person": person}
    return render(request, "people/role_give.html", shown, status=422 if form.is_bound else 200)


@requires("accounts.user:assign_role", confirmed=True)
@require_http_methods(ASKED)
def role_end(request: PersonRequest, pk: UUID, assignment_pk: UUID) -> HttpResponse:
    known = Assignment.objects.select_related("role", "user")
    assignment = get_object_or_404(known, pk=assignment_pk, user=pk)
    question = Question(
        template="people/role_end.html",
        does=lambda _person, by, reason: end(assignment, by, reason),
        done=gettext_lazy("%(name)s no longer has that role."),
        shows=lambda _person: {"assignment": assignment},
    )
    return ask(request, pk, question)


@requires("accounts.user:update", confirmed=True)
@require_http_methods(ASKED)
def person_update(request: PersonRequest, pk: UUID) -> HttpResponse:
    person = get_object_or_404(User, pk=pk)
    form = NameForm(typed(request), initial={"name": person.name})
    if form.is_valid():
        try:
            rename(person, request.user, form.cleaned_data["name"])
            return redirect("people:person-detail", person.pk)
        except AccountsRefused as refusal:
            form.add_error(None, str(refusal))
    shown = {"form": form, "person": person}
    return render(request, "people/person_update.html", shown, status=422 if form.is_bound else 200)


def _made(form: GrantForm | InviteForm, make: Callable[[], Made]) -> Made | None:
    """None where it is refused, and then the form says why, at the field that it is about."""
    try:
        return make()
    except InvitationRefused as refusal:
        form.add_error("email", str(refusal))
    except AccountsRefused as refusal:
        form.add_error(form.field, str(refusal))
    except ValidationError as refusal:
        form.add_error(form.field, ValidationError(refusal.messages))
    return None
