"""A verb with its own page: what it means is said before, and what it refuses is said in words."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render

from accounts.exceptions import AccountsRefused
from accounts.models import User
from accounts.people.forms import ReasonForm
from accounts.requests import PersonRequest

if TYPE_CHECKING:
    from django.utils.functional import _StrOrPromise

NOTHING: Mapping[str, Any] = {}


class Confirmation(forms.Form):
    """Nothing is to be filled in."""


@dataclass(frozen=True, kw_only=True)
class Question:
    """`template` says what will happen; `does` is called with the person, who asks, and the reason if one is asked.

    `done` is told afterwards, with the person's name in its %(name)s.
    """

    template: str
    does: Callable[..., object]
    done: "_StrOrPromise"
    form: type[forms.Form] = ReasonForm
    shows: Callable[[User], Mapping[str, Any]] = field(default=lambda _person: NOTHING)


def ask(request: PersonRequest, pk: UUID, question: Question) -> HttpResponse:
    """The page, and once it is answered the verb: a refusal is answered as it says, with all that was typed."""
    person = get_object_or_404(User, pk=pk)
    form, status = question.form(typed(request)), 200
    if form.is_valid():
        try:
            question.does(person, request.user, *form.cleaned_data.values())
        except AccountsRefused as refusal:
            form.add_error(None, str(refusal))
            status = refusal.status
        else:
            messages.success(request, question.done % {"name": person.name})
            return redirect("people:person-detail", person.pk)
    elif form.is_bound:
        status = 422
    shown = {"person": person, "form": form, **question.shows(person)}
    return render(request, question.template, shown, status=status)


def typed(request: HttpRequest) -> QueryDict | None:
    return request.POST if request.method == "POST" else None
