"""What every page of the operator site says first: that activity logs or backups must be looked at."""

from collections.abc import Callable

from django.http import HttpRequest

from audit.watching import Trouble, troubles
from backups.alarming.standing import Standing, standing
from backups.alarming.telling import READERS
from tenants.binding import bound_place, is_bound

MOST = 6


def alarms(request: HttpRequest) -> dict[str, Callable[[], list[Trouble] | list[Standing]]]:
    """Context processor. Asked of the sealer's own word, so that it is true also where the watcher is dead."""
    return {
        "alarms": lambda: troubles() if _is_for_operators(request) else [],
        "backup_alarms": lambda: standing(MOST) if _sees_backups(request) else [],
    }


def _sees_backups(request: HttpRequest) -> bool:
    """They name customers, as the letters do that ask for the same."""
    return _is_for_operators(request) and request.user.has_perm(READERS)


def _is_for_operators(request: HttpRequest) -> bool:
    user = getattr(request, "user", None)
    return is_bound() and bound_place().is_catalog and user is not None and user.is_authenticated
