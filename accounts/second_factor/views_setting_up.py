"""Setting a device up, replacing it, removing it."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from access.declaring import at_the_door, signed_in_and_confirmed
from accounts.exceptions import FactorRefused
from accounts.models import TotpDevice, User
from accounts.requests import PersonRequest
from accounts.returning import page_with_next
from accounts.second_factor.at_the_door import let_in, to_sign_in, who_comes
from accounts.second_factor.enrolling import KEY, address_of, begin, confirm
from accounts.second_factor.forms import TwoCodesForm
from accounts.second_factor.owing import device_of, owes_factor
from accounts.second_factor.recovering import make_codes
from accounts.second_factor.removing import remove_factor
from accounts.second_factor.squares import square_of
from accounts.second_factor.views_codes import show_codes
from accounts.visits.confirming import ask_at_the_door
from accounts.visits.proving import FIELD
from accounts.visits.session import session_of

GROUP = 4


@at_the_door
@sensitive_post_parameters("first_code", "second_code", FIELD)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def set_up(request: HttpRequest) -> HttpResponse:
    """For whoever owes a factor and has none; whoever is free to have one is asked to confirm first.

    So is whoever signed in a while ago: a session that somebody else found doesn't get a device of theirs.
    """
    person = who_comes(request)
    if person is None:
        return to_sign_in(request)
    if device_of(person):
        return redirect(page_with_next("accounts:second-factor", request))
    if not owes_factor(person):
        return redirect("accounts:replace-second-factor")
    unproved = ask_at_the_door(request, person) if isinstance(request.user, User) else None
    if unproved:
        return unproved
    return _setting_up(request, person, "accounts/set_up_second_factor.html")


@signed_in_and_confirmed
@sensitive_post_parameters("first_code", "second_code")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def replace(request: PersonRequest) -> HttpResponse:
    return _setting_up(request, request.user, "accounts/replace_second_factor.html")


def _setting_up(request: HttpRequest, person: User, template: str) -> HttpResponse:
    device = begin(request.session, person)
    form = TwoCodesForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            confirm(device, form.cleaned_data["first_code"], form.cleaned_data["second_code"])
        except FactorRefused as refusal:
            form.add_error("second_code", str(refusal))
        else:
            return _done(request, person)
    found = {"form": form, "has_device": device_of(person) is not None, **_shown(device)}
    return render(request, template, found, status=422 if form.is_bound else 200)


def _done(request: HttpRequest, person: User) -> HttpResponse:
    """The device is there: in, and on to the codes for the day when it isn't."""
    request.session.pop(KEY, None)
    let_in(request, person)
    session_of(request).mark(confirmed_at=timezone.now())
    return show_codes(request, make_codes(person))


def _shown(device: TotpDevice) -> dict[str, object]:
    key = device.key
    groups = [key[start : start + GROUP] for start in range(0, len(key), GROUP)]
    return {"key": key, "groups": groups, "square": square_of(address_of(device))}


@signed_in_and_confirmed
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def remove(request: PersonRequest) -> HttpResponse:
    if request.method == "POST":
        try:
            remove_factor(request.user)
        except FactorRefused as refusal:
            messages.error(request, str(refusal))
            return _removing(request, status=409)
        messages.success(request, _("Your second factor is removed."))
        return redirect("accounts:preferences")
    return _removing(request)


def _removing(request: PersonRequest, status: int = 200) -> HttpResponse:
    found = {"owes": owes_factor(request.user), "has_device": device_of(request.user) is not None}
    return render(request, "accounts/remove_second_factor.html", found, status=status)
