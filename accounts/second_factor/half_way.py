"""Between the password and the second factor: nobody is signed in, and the session remembers who proved what."""

from datetime import UTC, datetime, timedelta

from django.http import HttpRequest
from django.utils import timezone
from django.utils.crypto import constant_time_compare

from accounts.models import User

KEY = "password_proven"
GOOD_FOR = timedelta(minutes=10)


def remember(request: HttpRequest, person: User) -> None:
    """In a session with a new key: whoever knew the one before knows nothing of this."""
    request.session.cycle_key()
    request.session[KEY] = {
        "person": str(person.pk),
        "password": person.get_session_auth_hash(),
        "at": timezone.now().timestamp(),
    }


def forget(request: HttpRequest) -> None:
    request.session.pop(KEY, None)


def who_is_half_way(request: HttpRequest) -> User | None:
    """Whoever gave the right password within the last ten minutes, where it is still theirs and nothing was reset."""
    proven = request.session.get(KEY)
    if proven is None:
        return None
    at = datetime.fromtimestamp(proven["at"], UTC)
    person = User.objects.active().with_rights_mark().filter(pk=proven["person"]).first()
    if person is None or timezone.now() - at > GOOD_FOR or _was_reset_since(person, at):
        return None
    same = constant_time_compare(proven["password"], person.get_session_auth_hash())
    return person if same else None


def _was_reset_since(person: User, at: datetime) -> bool:
    return person.factor_reset_at is not None and person.factor_reset_at >= at
