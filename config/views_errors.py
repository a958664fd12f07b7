"""Error pages from templates that need nothing; Django's own views ask for the session, which may be what failed."""

import logging
from http import HTTPStatus
from typing import Any

from django.contrib.sessions.exceptions import SessionInterrupted
from django.http import HttpRequest, HttpResponse

from access.exceptions import NotPermitted
from access.registry import permission
from accounts.models import User
from accounts.roles.holding import people_who_can_give
from accounts.support.middleware import NotForGuests
from config.interrupted import answer_signed_out
from config.recording import record_failure, record_refusal
from config.unsent import answer_unsent
from interface.error_pages import error_page, look_of
from tenants import errors

MOST_NAMES = 8
logger = logging.getLogger(__name__)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    if isinstance(exception, SessionInterrupted):
        return answer_signed_out(request)
    return error_page(400, request=request)


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Of a permission that is lacking it says which, and who could give it: to people of this site, to nobody else."""
    record_refusal("requests.permission_denied", request)
    if isinstance(exception, NotForGuests):
        return error_page(403, "support/not_for_guests", request=request)
    return error_page(403, request=request, **_what_is_lacking(request, exception))


def _what_is_lacking(request: HttpRequest, exception: Exception) -> dict[str, Any]:
    person = getattr(request, "user", None)
    if not isinstance(exception, NotPermitted) or not isinstance(person, User):
        return {}
    givers = people_who_can_give(exception.code).exclude(pk=person.pk)
    names = [*givers.values_list("name", flat=True)[:MOST_NAMES]]
    return {"permission": permission(exception.code).label, "people": names}


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """settings.CSRF_FAILURE_VIEW."""
    record_refusal("requests.form_unproved", request)
    return answer_unsent(request) or error_page(403, "403_csrf", request=request)


def server_error(request: HttpRequest) -> HttpResponse:
    """A failure that can't be recorded either is one answer all the same, and a line in the application's log."""
    answer = errors.server_error(request, look_of(request))
    if answer.status_code == HTTPStatus.INTERNAL_SERVER_ERROR:
        try:
            record_failure(request)
        except Exception:
            logger.exception("A failed request isn't in the activity log.")
    return answer


def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return error_page(404, request=request)
