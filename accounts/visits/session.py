from typing import cast

from django.http import HttpRequest

from accounts.sessions import SessionStore


def session_of(request: HttpRequest) -> SessionStore:
    """Ours, with all that it can do."""
    return cast("SessionStore", request.session)
