"""Recovery codes: made, shown once, saved."""

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from access.declaring import at_the_door, signed_in, signed_in_and_confirmed
from accounts.models import User
from accounts.requests import PersonRequest
from accounts.returning import destination
from accounts.second_factor.at_the_door import UNSAVED, to_sign_in
from accounts.second_factor.forms import SavedForm
from accounts.second_factor.owing import device_of
from accounts.second_factor.recovering import are_theirs, codes_left, make_codes


@signed_in_and_confirmed
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def recovery_codes(request: PersonRequest) -> HttpResponse:
    if device_of(request.user) is None:
        return redirect("accounts:replace-second-factor")
    if request.method == "POST":
        return show_codes(request, make_codes(request.user))
    found = {"left": codes_left(request.user), "unsaved": UNSAVED in request.session, "form": SavedForm()}
    return render(request, "accounts/recovery_codes.html", found)


def show_codes(request: HttpRequest, codes: list[str], form: SavedForm | None = None) -> HttpResponse:
    """Once, in the answer to what made them: nothing keeps them. Until they are saved no other page opens."""
    request.session[UNSAVED] = True
    found = {
        "codes": codes,
        "form": form or SavedForm(),
        "next": destination(request),
        "at": timezone.now(),
    }
    return render(request, "accounts/recovery_codes_shown.html", found, status=422 if form else 200)


@at_the_door
@sensitive_post_parameters("codes")
@never_cache
@require_POST
def saved(request: HttpRequest) -> HttpResponse:
    """At the door: also who owes a new password first has saved their codes."""
    if not isinstance(request.user, User):
        return to_sign_in(request)
    form = SavedForm(request.POST)
    if not form.is_valid():
        codes = request.POST.getlist("codes")
        if are_theirs(request.user, codes):
            return show_codes(request, codes, form)
        return redirect("accounts:recovery-codes")
    request.session.pop(UNSAVED, None)
    messages.success(request, _("Your second factor is set up, and your recovery codes are saved."))
    return redirect(destination(request))


@at_the_door
@sensitive_post_parameters("codes")
@never_cache
@require_POST
def as_text(request: HttpRequest) -> HttpResponse:
    """The codes that were just shown, as a file. Anything else isn't given back."""
    if not isinstance(request.user, User):
        return to_sign_in(request)
    codes = request.POST.getlist("codes")
    if not are_theirs(request.user, codes):
        raise BadRequest
    heading = _("Recovery codes of %(email)s at %(site)s") % {
        "email": request.user.email,
        "site": request.get_host(),
    }
    once = _("Each is good once, in place of a code of the app.")
    lines = [heading, once, "", *codes, ""]
    answer = HttpResponse("\n".join(lines), content_type="text/plain; charset=utf-8")
    answer["Content-Disposition"] = 'attachment; filename="amana-recovery-codes.txt"'
    return answer


@signed_in
@never_cache
@require_safe
def used(request: PersonRequest) -> HttpResponse:
    """After one stood in for the device: how many are left, and a way to new ones."""
    found = {"left": codes_left(request.user), "next": destination(request)}
    return render(request, "accounts/recovery_code_used.html", found)
