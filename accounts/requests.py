from django.http import HttpRequest

from accounts.models import User


class PersonRequest(HttpRequest):
    """A request behind the sign-in: somebody is there. For annotations only."""

    user: User
