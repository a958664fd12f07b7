from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from access.declaring import open_to_strangers
from accounts.passwords.forms import ForgottenForm
from accounts.passwords.tasks import answer_forgotten
from tenants.celery import BROKER_AWAY


@open_to_strangers
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
