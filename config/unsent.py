"""A form that came after its session had ended: nothing was done with it, and nothing that was typed is lost."""

from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.template.loader import render_to_string

from interface.typed import is_whole, typed_in
from tenants.binding import is_bound

NEVER_SHOWN = ("csrf", "password", "secret", "token", "code")


def answer_unsent(request: HttpRequest) -> HttpResponse | None:
    """What was typed, to copy or to send again; None where the form isn't one of ours, or belongs to no session."""
    if not is_bound() or not _came_from_here(request) or not _needs_a_session(request):
        return None
    is_signed_in = request.user.is_authenticated
    if "HX-Request" in request.headers:
        return None if is_signed_in else HttpResponse(status=401)
    typed = typed_in(request, NEVER_SHOWN)
    found = {
        "typed": typed,
        "is_whole": is_whole(request, typed),
        "address": request.get_full_path(),
        "is_signed_in": is_signed_in,
        "csrf_token": get_token(request) if is_signed_in else "",
    }
    return HttpResponse(render_to_string("unsent.html", found), status=403)


def _came_from_here(request: HttpRequest) -> bool:
    """Another site can't fill in what somebody here then sends as their own."""
    return request.headers.get("Origin") == f"{request.scheme}://{request.get_host()}"


def _needs_a_session(request: HttpRequest) -> bool:
    match = request.resolver_match
    return match is not None and getattr(match.func, "login_required", True)
