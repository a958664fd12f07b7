from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from access.declaring import open_to_strangers, signed_in
from accounts.limits.limiting import limited
from accounts.models import User
from accounts.passwords.changing import change_password as change
from accounts.passwords.expiring import has_expired, owes_a_password
from accounts.passwords.forms import ChangePasswordForm, ForgottenForm
from accounts.passwords.tasks import answer_forgotten
from accounts.requests import PersonRequest
from interface.returning import safe_address
from tenants.celery import BROKER_AWAY


@open_to_strangers
@limited("forgot-password")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def forgot_password(request: HttpRequest) -> HttpResponse:
    """The same answer for every address: whether somebody has it is looked up by a worker."""
    form = ForgottenForm(request.POST if request.method == "POST" else None)
    if not form.is_valid():
        return _forgotten(request, 422 if form.is_bound else 200, form=form)
    try:
        answer_forgotten.delay(form.cleaned_data["email"])
    except BROKER_AWAY:
        form.add_error(None, _("Letters can't be sent just now. Try again in a few minutes."))
        return _forgotten(request, 503, form=form)
    return _forgotten(request, 200, address=form.cleaned_data["email"])


def _forgotten(request: HttpRequest, status: int, **shown: object) -> HttpResponse:
    context = {"form": None, "address": "", **shown}
    return render(request, "accounts/forgot_password.html", context, status=status)


@signed_in
@limited("change-password")
@sensitive_post_parameters()
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def change_password(request: PersonRequest) -> HttpResponse:
    """Also where whoever owes a new password is kept until it is set (accounts/passwords/middleware.py)."""
    person = User.objects.get(pk=request.user.pk)
    form = ChangePasswordForm(person, request.POST if request.method == "POST" else None)
    if form.is_valid():
        change(request, person, form.cleaned_data["new_password1"])
        messages.success(request, _("Your password is changed, and every other browser is signed out."))
        return redirect(safe_address(request.GET.get("next", "")))
    page = "owed_password" if owes_a_password(request.user) else "change_password"
    context = {"form": form, "has_expired": has_expired(request.user)}
    return render(request, f"accounts/{page}.html", context, status=422 if form.is_bound else 200)
