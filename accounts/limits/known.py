"""Whether a person has used this browser before. A session's helper decides; here is only who is asked."""

from django.http import HttpRequest
from django.utils.module_loading import import_string

from accounts.models import User


def comes_in_a_known_browser(request: HttpRequest, email: str) -> bool:
    person = User.objects.filter(email=email).first()
    return person is not None and _is_known(request, person)


def _is_known(request: HttpRequest, person: User) -> bool:
    try:
        known: bool = import_string("accounts.visits.browsers.is_known")(request, person)
    except ImportError:
        return False
    return known
