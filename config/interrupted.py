"""A session that ends while its request is being answered: elsewhere somebody ended it, or its person signed out."""

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.contrib.sessions.exceptions import SessionInterrupted
from django.contrib.sessions.middleware import SessionMiddleware
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from accounts.returning import with_next
from accounts.sessions import SessionStore
from accounts.visits.interrupting import to_sign_in
from config.unsent import answer_unsent

NOT_CARRIED_OUT = 400  # and above


class Sessions(SessionMiddleware):
    """Django's, with the answer of everybody who comes too late in the place of a 400."""

    def process_response(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        try:
            return super().process_response(request, response)
        except SessionInterrupted:
            return answer_signed_out(request, response)


def answer_signed_out(request: HttpRequest, response: HttpResponse | None = None) -> HttpResponse:
    """Instead of `response`, which told of a form whether it was carried out; without one, nothing was done."""
    request.user = AnonymousUser()
    request.session = SessionStore()
    if "HX-Request" in request.headers:
        return HttpResponse(status=401)
    if request.method != "POST":
        return to_sign_in(request)
    if response is None or response.status_code >= NOT_CARRIED_OUT:
        return answer_unsent(request) or to_sign_in(request)
    where = response.headers.get("Location", "")
    return redirect(with_next(settings.LOGIN_URL, where)) if where else to_sign_in(request)
