from collections.abc import Callable

from django.http import HttpRequest, HttpResponseBase

from accounts.models import Session


class EndsMeanwhile:
    """Somebody ends the session in another browser, once the view has answered and before the session is saved."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        Session.objects.filter(pk=request.session.session_key).delete()
        request.session.modified = True
        return response
