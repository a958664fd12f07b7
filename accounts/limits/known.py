"""Whether whoever has an address has used this browser before."""

from django.http import HttpRequest

from accounts.models import User
from accounts.visits.browsers import is_known


def comes_in_a_known_browser(request: HttpRequest, email: str) -> bool:
    person = User.objects.filter(email=email).first()
    return person is not None and is_known(request, person)
