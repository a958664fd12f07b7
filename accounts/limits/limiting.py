"""Pages that may be asked for so often and no oftener."""

from collections.abc import Callable
from functools import wraps
from math import ceil
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase

from accounts.limits.counting import take
from accounts.limits.keys import spot
from accounts.limits.rates import RATES
from audit.context import acting_now
from audit.recording import record
from interface.error_pages import error_page
from interface.words import duration

View = Callable[..., HttpResponseBase]
WHOSE: dict[str, Callable[[HttpRequest], str]] = {
    "ip": lambda request: spot(acting_now().ip),
    "address": lambda request: request.POST.get("email", ""),
    "person": lambda request: str(request.user.pk),
}


def limited(name: str, *, reading: bool = False) -> Callable[[View], View]:
    """Below the decorator that declares who may: a form that is sent oftener than RATES says is answered 429.

    `reading`: the page behind a secret address, where each look is a guess, counts whenever it is asked for.
    """
    RATES[name]  # a limit that nobody defined is noticed at the start

    def limit(view: View) -> View:
        @wraps(view)
        def counted(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            wait = wait_for(name, request) if reading or request.method == "POST" else 0
            return error_page(429, wait=wait, request=request) if wait else view(request, *args, **kwargs)

        return counted

    return limit


def wait_for(name: str, request: HttpRequest) -> int:
    """Count the request; 0 where it may be answered, else after how many seconds it could be. Recorded once a span.

    What is refused by one limit isn't counted by the next: who is paused can't use up what others may do.
    """
    for by in RATES[name]:
        taken = take(name, by, WHOSE[by](request))
        if taken.is_news:
            record("accounts.limited", "refused", limit=name)
        if taken.wait:
            return taken.wait
    return 0


def paused(answer: HttpResponse, wait: int) -> HttpResponse:
    """`answer` as it is, or, where one must wait, saying so in its status and headers."""
    if wait:
        answer.status_code = 429
        answer["Retry-After"] = str(wait)
    return answer


def in_minutes(wait: int) -> dict[str, str]:
    """The rest of a span in whole minutes, for a sentence with %(span)s."""
    return {"span": duration(ceil(wait / 60) * 60)}
