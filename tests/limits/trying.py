"""Trying to sign in, as a person at a browser does."""

from datetime import timedelta
from secrets import token_urlsafe
from typing import Any

from axes.models import AccessAttempt
from django.conf import settings
from django.db.models import F
from django.test import Client

from accounts.models import Counted, KnownBrowser, User
from accounts.visits.browsers import COOKIE, digest_of
from tenants.binding import Bindable, bound_to
from tests.conftest import PASSWORD
from tests.support.fleet import client_of

HERE, THERE = "192.0.2.1", "198.51.100.7"
FROM_ONE_SPOT, IN_ALL = settings.AXES_FAILURE_LIMIT, settings.AMANA_FAILURES_IN_ALL


def attempt(
    target: Any,
    email: str,
    password: str = "wrong",  # noqa: S107 - that is what it is
    *,
    ip: str = HERE,
    client: Client | None = None,
    **sent: Any,
) -> Any:
    """The answer to a sign-in at `target` from `ip`, in a browser of its own unless one is given."""
    browser = client or client_of(target.primary_host)
    return browser.post("/sign-in/", {"email": email, "password": password}, REMOTE_ADDR=ip, **sent)


def try_wrong(target: Any, email: str, times: int, **spot: Any) -> list[int]:
    return [attempt(target, email, **spot).status_code for _ in range(times)]


def try_right(target: Any, email: str, **spot: Any) -> int:
    status: int = attempt(target, email, PASSWORD, **spot).status_code
    return status


def later(target: Bindable, span: timedelta) -> None:
    """As if `span` had passed since whatever was counted."""
    with bound_to(target):
        AccessAttempt.objects.update(attempt_time=F("attempt_time") - span)
        Counted.objects.update(ends_at=F("ends_at") - span)


def everything_in(target: Bindable) -> str:
    """All that axes' tables and ours hold, as text."""
    with bound_to(target):
        rows = [*AccessAttempt.objects.values(), *Counted.objects.values()]
    return str(rows)


def known_to(target: Bindable, email: str) -> dict[str, str]:
    """The cookie of a browser in which this person was before."""
    token = token_urlsafe(32)
    with bound_to(target):
        person = User.objects.get(email=email)
        KnownBrowser.objects.create(user=person, digest=digest_of(token))
    return {COOKIE: token}
