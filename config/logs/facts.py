"""For whom the work was, on every line. Nothing is asked of a database for it."""

import logging
from typing import Any

from django.http import HttpRequest

from audit.correlation import UUID, current_task_id, request_of_task
from audit.request_ids import current_request
from tenants.binding import bound_alias, is_bound


class Facts(logging.Filter):
    """Puts `facts` on each record: tenant, user, request, task. Django's own record may come after the request."""

    def filter(self, record: logging.LogRecord) -> bool:
        given = getattr(record, "request", None)
        request = given if isinstance(given, HttpRequest) else current_request()
        record.facts = {
            "tenant": _tenant(request),
            "user": _user(request),
            "request": getattr(request, "request_id", None) or request_of_task() or None,
            "task": current_task_id() or _task_of(record),
        }
        return True


class OncePerRequest(logging.Filter):
    """Django says "Not Found: /path" of an answer that has its line already; only what was raised is news."""

    def filter(self, record: logging.LogRecord) -> bool:
        return record.name != "django.request" or bool(record.exc_info)


def _tenant(request: HttpRequest | None) -> str | None:
    """The alias bound now, which is opaque; at the end of a request the one that it was bound to."""
    if is_bound():
        return bound_alias()
    tenant = getattr(request, "tenant", None)
    return None if tenant is None else str(tenant.schema_name)


def _user(request: HttpRequest | None) -> str | None:
    """The id of who is signed in, if the request has already asked for it."""
    user = getattr(request, "_cached_user", None)
    return str(user.pk) if user is not None and user.pk else None


def _task_of(record: logging.LogRecord) -> str | None:
    """Celery's sentences about a task that doesn't run here."""
    data: Any = getattr(record, "data", None)
    number = data.get("id") if isinstance(data, dict) else None
    return number if isinstance(number, str) and UUID.fullmatch(number) else None
