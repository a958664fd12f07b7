from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from access.declaring import at_the_door, signed_in
from accounts.models import User
from accounts.requests import PersonRequest
from accounts.visits import locking
from accounts.visits.interrupting import to_sign_in
from accounts.visits.proving import FIELD, Answer, TooManyAnswers
from accounts.visits.session import session_of
from interface.returning import safe_address

UNLOCKED = "unlocked"  # an event in the page: static/js/locking.js


@signed_in
@require_POST
def lock(request: PersonRequest) -> HttpResponse:
    """At once, by the person or by a page in which nobody has been for a while."""
    locking.lock(request, request.user)
    back = safe_address(request.POST.get("next", ""))
    return locking.leads_to_lock(back)


@at_the_door
@sensitive_post_parameters(FIELD)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def locked(request: HttpRequest) -> HttpResponse:
    person, back = request.user, safe_address(request.GET.get("next", ""))
    if not isinstance(person, User):
        return to_sign_in(request)
    if session_of(request).kept["locked_at"] is None:
        return _unlocked(request, back)
    answer = Answer(is_right=False)
    if request.method == "POST":
        try:
            answer = locking.unlock(request, person, request.POST.get(FIELD, ""))
        except TooManyAnswers:
            return to_sign_in(request)
    return _unlocked(request, back) if answer.is_right else _still_locked(request, answer)


def _unlocked(request: HttpRequest, back: str) -> HttpResponse:
    if "HX-Request" not in request.headers:
        return redirect(back)
    part = _lock_screen(request, Answer(is_right=True))
    part["HX-Trigger"] = UNLOCKED
    return part


def _still_locked(request: HttpRequest, answer: Answer) -> HttpResponse:
    if "HX-Request" in request.headers:
        page = _lock_screen(request, answer)
    else:
        shown = {"typed": [], "is_whole": True, "address": request.get_full_path(), "back": "/"}
        page = render(request, "accounts/locked.html", {**shown, "wrong": answer.words})
    page.status_code = answer.status if answer.words else 200
    return answer.put_off(page)


def _lock_screen(request: HttpRequest, answer: Answer) -> HttpResponse:
    return render(request, "shell/lock_screen.html", {"wrong": answer.words})
