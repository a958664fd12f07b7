from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from access.declaring import requires
from accounts.exceptions import ChangedMeanwhile, SettingRefused
from accounts.models import SecurityPolicy
from accounts.people.asking import typed
from accounts.people.policy import (
    APPROVING,
    LETS_SUPPORT_IN,
    PRESETS,
    PolicyForm,
    change_policy,
    differences,
    without_second_factor,
)
from accounts.requests import PersonRequest
from tenants.binding import bound_tenant


@requires("accounts.security_policy:view")
@require_safe
def policy(request: PersonRequest) -> HttpResponse:
    held = SecurityPolicy.in_force()
    shown = {
        "policy": held,
        "preset": PRESETS[SecurityPolicy.Preset(held.preset)],
        "at_tenant": bound_tenant() is not None,
        "without_factor": without_second_factor(),
        "may_update": request.user.has_perm("accounts.security_policy:update"),
        "may_see_history": request.user.has_perm("accounts.security_policy:history"),
    }
    return render(request, "people/policy.html", shown)


@requires("accounts.security_policy:update", confirmed=True)
@require_http_methods(["GET", "HEAD", "POST"])
def policy_update(request: PersonRequest) -> HttpResponse:
    form = _form(request, typed(request))
    try:
        if form.is_valid():
            change_policy(form.instance, form.settings, seen=form.cleaned_data["version"], by=request.user)
            messages.success(request, _("The security settings are saved, and in force from now on."))
            return redirect("people:policy")
    except ChangedMeanwhile as conflict:
        return _conflict_page(request, form, str(conflict))
    except SettingRefused as refusal:
        form.add_error(LETS_SUPPORT_IN, str(refusal))
        return _page(request, form, refusal.status)
    return _page(request, form, 422 if form.is_bound else 200)


def _page(request: HttpRequest, form: PolicyForm, status: int, **shown: object) -> HttpResponse:
    page = {"form": form, "without_factor": without_second_factor(), "differences": None, **shown}
    return render(request, "people/policy_update.html", page, status=status)


def _form(request: PersonRequest, data: Mapping[str, Any] | None) -> PolicyForm:
    may_let_in = request.user.has_perm(APPROVING)
    return PolicyForm(data, instance=SecurityPolicy.in_force(), may_let_support_in=may_let_in)


def _conflict_page(request: PersonRequest, form: PolicyForm, refusal: str) -> HttpResponse:
    """What was typed, ready to be saved over the newer version, beside what that says."""
    saved = SecurityPolicy.in_force()
    again = _form(request, {**_as_typed(form), "version": saved.version})
    return _page(request, again, 409, differences=differences(form, saved), refusal=refusal)


def _as_typed(form: PolicyForm) -> dict[str, str]:
    return {name: str(form.data[name]) for name in form.data}
