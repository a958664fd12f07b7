from collections.abc import Callable

from django.http import HttpRequest, HttpResponseBase

class TenantMainMiddleware:
    get_response: Callable[[HttpRequest], HttpResponseBase]
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None: ...
    @staticmethod
    def hostname_from_request(request: HttpRequest) -> str: ...
