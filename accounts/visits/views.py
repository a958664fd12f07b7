from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from access.declaring import open_to_strangers, signed_in
from accounts.limits.limiting import limited
from accounts.requests import PersonRequest
from accounts.second_factor.owing import device_of, owes_factor
from accounts.second_factor.recovering import codes_left
from accounts.visits import confirming, disowning, ending
from accounts.visits.interrupting import to_sign_in
from accounts.visits.proving import FIELD, Answer, TooManyAnswers
from accounts.visits.showing import visits_of
from interface.returning import safe_address


@signed_in
@never_cache
@require_safe
def security(request: PersonRequest) -> HttpResponse:
    visits = visits_of(request.user, request.session.session_key, request.user)
    shown = {
        "visits": visits,
        "device": device_of(request.user),
        "left": codes_left(request.user),
        "owes": owes_factor(request.user),
    }
    return render(request, "accounts/security.html", shown)


@signed_in
@require_POST
def end_session(request: PersonRequest, handle: UUID) -> HttpResponse:
    if not ending.revoke(request.user, handle):
        raise Http404
    messages.success(request, _("That browser is signed out."))
    return redirect("accounts:security")


@signed_in
@require_POST
def end_other_sessions(request: PersonRequest) -> HttpResponse:
    number = ending.revoke_all(request.user, but=request.session.session_key)
    told = ngettext(
        "%(number)s other browser is signed out.", "%(number)s other browsers are signed out.", number
    )
    messages.success(request, told % {"number": number})
    return redirect("accounts:security")


@signed_in
@sensitive_post_parameters(FIELD)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def confirm(request: PersonRequest) -> HttpResponse:
    back = safe_address(request.GET.get("next", ""))
    answer = Answer(is_right=False)
    if request.method == "POST":
        try:
            answer = confirming.confirm(request, request.user, request.POST.get(FIELD, ""))
        except TooManyAnswers:
            return to_sign_in(request)
    if answer.is_right:
        return redirect(back)
    shown = {
        "by_code": confirming.asks_for_code(request.user),
        "wrong": answer.words,
        "typed": [],
        "is_whole": True,
        "address": request.get_full_path(),
        "back": back,
    }
    page = render(request, "accounts/confirm.html", shown, status=answer.status if answer.words else 200)
    return answer.put_off(page)


@signed_in
@require_safe
def here(request: HttpRequest) -> HttpResponse:
    """Asked by a page in which somebody reads or types, and sends nothing yet: so that the screen isn't locked."""
    return HttpResponse(status=204)


@open_to_strangers
@limited("set-password", reading=True)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def not_me(request: HttpRequest, token: str) -> HttpResponse:
    """A program that looks at the links of a letter only opens this; it is the button that shuts everybody out."""
    person = disowning.whose_link(token)
    if person is None:
        disowning.record_refused_link()
        return render(request, "accounts/not_me.html", {"person": None, "is_done": False}, status=410)
    is_done = request.method == "POST" and disowning.disown(person)
    return render(request, "accounts/not_me.html", {"person": person, "is_done": is_done})
