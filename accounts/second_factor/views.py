"""The door's second half: a code of the device, or a recovery code."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from access.declaring import at_the_door
from accounts.limits.limiting import limited
from accounts.returning import destination, page_with_next
from accounts.second_factor.at_the_door import has_given_factor, let_in, to_sign_in, who_comes
from accounts.second_factor.forms import CodeForm, RecoveryCodeForm
from accounts.second_factor.owing import device_of
from accounts.second_factor.recovering import use_code
from accounts.second_factor.verdicts import Verdict
from accounts.second_factor.verifying import verify_code
from accounts.visits.browsers import is_known

TOO_OFTEN = 429


@at_the_door
@limited("second-factor")
@sensitive_post_parameters("code")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def second_factor(request: HttpRequest) -> HttpResponse:
    person = who_comes(request)
    if person is None:
        return to_sign_in(request)
    if has_given_factor(request):
        return redirect(destination(request))
    if device_of(person) is None:
        return redirect(page_with_next("accounts:set-up-second-factor", request))
    form = CodeForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        verdict = verify_code(person, form.cleaned_data["code"], at_home=is_known(request, person))
        if verdict.is_right:
            let_in(request, person)
            return redirect(destination(request))
        form.add_error("code", str(verdict.words))
        return _asked_again(request, form, verdict)
    return render(
        request, "accounts/second_factor.html", {"form": form}, status=422 if form.is_bound else 200
    )


def _asked_again(request: HttpRequest, form: CodeForm, verdict: Verdict) -> HttpResponse:
    if not verdict.wait:
        return render(request, "accounts/second_factor.html", {"form": form}, status=422)
    answer = render(request, "accounts/second_factor.html", {"form": form}, status=TOO_OFTEN)
    answer["Retry-After"] = str(verdict.retry_after)
    return answer


@at_the_door
@limited("second-factor")
@sensitive_post_parameters("recovery_code")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def recovery_code(request: HttpRequest) -> HttpResponse:
    person = who_comes(request)
    if person is None:
        return to_sign_in(request)
    if has_given_factor(request):
        return redirect(destination(request))
    if device_of(person) is None:
        return redirect(page_with_next("accounts:set-up-second-factor", request))
    form = RecoveryCodeForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        if use_code(person, form.cleaned_data["recovery_code"]):
            let_in(request, person)
            return redirect(page_with_next("accounts:recovery-code-used", request))
        form.add_error("recovery_code", _("This is none of your recovery codes, or it was used already."))
    return render(
        request, "accounts/recovery_code.html", {"form": form}, status=422 if form.is_bound else 200
    )
