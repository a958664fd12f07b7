"""Every request acts: as nobody known until it says whose session it is."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponseBase

from audit.addresses import client_address
from audit.context import ANONYMOUS, acting
from audit.request_ids import request_id


class ActingMiddleware:
    """Names the request and where it came from. A streaming body goes on acting until it is closed."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        said = acting(ANONYMOUS, request=request_id(), ip=client_address(request))
        said.__enter__()
        try:
            response = self.get_response(request)
        except BaseException:
            said.__exit__(None, None, None)
            raise
        if response.streaming:
            response._resource_closers.append(lambda: said.__exit__(None, None, None))  # type: ignore[attr-defined]
        else:
            said.__exit__(None, None, None)
        return response
