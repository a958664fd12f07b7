"""Which of our languages a request speaks, from its first line to its last."""

from collections.abc import Callable

from django.conf import settings
from django.http import FileResponse, HttpRequest, HttpResponseBase
from django.utils.cache import patch_vary_headers
from django.utils.translation import activate, deactivate, get_language, get_supported_language_variant
from django.utils.translation.trans_real import parse_accept_lang_header


class LanguageMiddleware:
    """Begins with what the browser asks for; the tenant's middleware and the person's say it more exactly.

    It stands outside of both, so that an unknown host, a suspended site and a failure of either are answered in the
    visitor's language. Unlike Django's it leaves none behind for the thread's next request. A streaming response keeps
    its language until its body is exhausted or closed.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        speak(asked_for(request))
        try:
            response = self.get_response(request)
            _mark(response)
        except BaseException:
            deactivate()
            raise
        if response.streaming:
            response._resource_closers.append(deactivate)  # type: ignore[attr-defined]
        else:
            deactivate()
        return response


def speak(*wishes: str) -> None:
    """Speak the first of `wishes` that is ours, or else the settings' language, until somebody says otherwise."""
    ours = dict(settings.LANGUAGES)
    activate(next((wish for wish in wishes if wish in ours), settings.LANGUAGE_CODE))


def asked_for(request: HttpRequest) -> str:
    """The one of our languages that a cookie or, failing that, Accept-Language wants most; empty where none is."""
    header = parse_accept_lang_header(request.headers.get("Accept-Language", ""))
    wanted = [request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, ""), *(code for code, _ in header)]
    return next(filter(None, map(_ours, wanted)), "")


def _ours(code: str) -> str:
    """Our name of a language: zh-hans for zh-CN, ar for ar-SA."""
    try:
        return get_supported_language_variant(code)
    except LookupError:
        return ""


def _mark(response: HttpResponseBase) -> None:
    """Tell caches what the choice hung on, and browsers what was chosen. A file was written in its own language.

    A page that says its language itself has it by its address, and hangs on nothing else.
    """
    if "Content-Language" in response:
        return
    patch_vary_headers(response, ("Accept-Language", "Cookie"))
    if not isinstance(response, FileResponse):
        response["Content-Language"] = get_language() or settings.LANGUAGE_CODE
