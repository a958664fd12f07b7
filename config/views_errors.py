"""Error pages from templates that need nothing; Django's own views ask for the session, which may be what failed."""

import logging
from http import HTTPStatus

from django.http import HttpRequest, HttpResponse

from accounts.support.middleware import NotForGuests
from config.recording import record_failure, record_refusal
from config.unsent import answer_unsent
from interface.error_pages import error_page, look_of
from tenants import errors

logger = logging.getLogger(__name__)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    return error_page(400, request=request)


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    record_refusal("requests.permission_denied", request)
    template = "support/not_for_guests" if isinstance(exception, NotForGuests) else ""
    return error_page(403, template, request=request)


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
