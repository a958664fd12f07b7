"""How axes counts here (settings.AXES_HANDLER)."""

from typing import Any

from axes.handlers.database import AxesDatabaseHandler
from axes.helpers import get_client_username
from django.http import HttpRequest

from accounts.limits.attempts import Attempt, begin, failures, forget_expired, free_at


class CountFirst(AxesDatabaseHandler):
    """An attempt counts from before the password is looked at, and of a request nothing is kept but where it came from.

    Axes' own handler counts after the password was found wrong, has one limit for all that it counts by, and keeps
    the browser, the address of the page and the form.
    """

    def is_allowed(self, request: HttpRequest, credentials: dict[str, Any] | None = None) -> bool:
        attempt = begin(*_who(request, credentials))
        request.attempt = attempt  # type: ignore[attr-defined]
        return not attempt.wait

    def is_locked(self, request: HttpRequest, credentials: dict[str, Any] | None = None) -> bool:
        key, spot = _who(request, credentials)
        return free_at(failures(key), spot) is not None

    def get_failures(self, request: HttpRequest, credentials: dict[str, Any] | None = None) -> int:
        return sum(each.number for each in failures(_who(request, credentials)[0]))

    def user_login_failed(
        self, sender: Any, credentials: dict[str, Any], request: HttpRequest | None = None, **_: Any
    ) -> None:
        """It is counted already."""

    def user_logged_in(self, sender: Any, request: HttpRequest, user: Any, **_: Any) -> None:
        """It was given back when the password was right."""

    def user_logged_out(self, sender: Any, request: HttpRequest, user: Any, **_: Any) -> None:
        """Nothing is counted that could end."""

    def clean_expired_user_attempts(
        self, request: HttpRequest | None = None, credentials: dict[str, Any] | None = None
    ) -> int:
        return forget_expired()


def attempt_of(request: HttpRequest) -> Attempt:
    """The attempt that `authenticate` has just counted."""
    attempt: Attempt = request.attempt  # type: ignore[attr-defined]
    return attempt


def _who(request: HttpRequest, credentials: dict[str, Any] | None) -> tuple[str, str | None]:
    return get_client_username(request, credentials), request.axes_ip_address  # type: ignore[attr-defined]
