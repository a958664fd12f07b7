"""Sessions in a table of our own: one row knows whose it is, since when, and when it was last seen."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, cast

from django.apps import apps
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends import db
from django.contrib.sessions.exceptions import SessionInterrupted
from django.utils import timezone

if TYPE_CHECKING:
    from accounts.models import Session

# Well below the shortest time after which a screen is locked: so much of a silence may be counted too much.
SEEN_EVERY = timedelta(seconds=20)
# What stands in columns beside the data, and in the tenant's policy, as it was when the session was loaded.
KEPT = (
    "handle",
    "signed_in_at",
    "factor_at",
    "confirmed_at",
    "locked_at",
    "last_seen_at",
    "browser_id",
    "ip",
    "agent",
    "rights",
    "idle_minutes",
    "absolute_hours",
    "lock_minutes",
)
WHY = "why_signed_out"


class SessionStore(db.SessionStore):
    """The engine behind `request.session` (SESSION_ENGINE). `ended`: why it ended at this very request, if it did."""

    created_at: datetime | None = None
    kept: dict[str, Any]
    ended = ""

    def __init__(self, session_key: str | None = None) -> None:
        super().__init__(session_key)
        self.kept = {}

    @classmethod
    def get_model_class(cls) -> "type[Session]":
        model: type[Session] = apps.get_model("accounts", "Session")
        return model

    def _get_session_from_db(self) -> "Session | None":
        """One query, which brings the tenant's timeouts along. What is past its time is gone from here on."""
        session = self._found()
        if session is None:
            self._session_key = None
            return None
        self.created_at = session.created_at
        self.kept = {name: getattr(session, name) for name in KEPT}
        return session

    def _found(self) -> "Session | None":
        rows = self.get_model_class().objects.with_terms()
        session = rows.filter(pk=self.session_key, expire_date__gt=timezone.now()).first()
        if session is None or not (why := session.over()):
            return session
        self.ended = why
        session.end(why)
        return None

    def mark(self, **columns: Any) -> None:
        """Change what stands beside the data, at once and by itself. The session has been saved before."""
        self.get_model_class().objects.filter(pk=self.session_key).update(**columns)
        self.kept |= columns

    def seen(self) -> None:
        """Somebody is there. Written down beside the data, which another request may be writing, and not each time."""
        now = timezone.now()
        if now - self.kept["last_seen_at"] > SEEN_EVERY:
            self.mark(last_seen_at=now)

    def rotate(self) -> bool:
        """The same row under a new key: what another request writes into its columns at this moment stays.

        False where the row is gone, or has a newer key already.
        """
        self._get_session()  # type: ignore[attr-defined]
        key = self._get_new_session_key()  # type: ignore[attr-defined]
        if not self.get_model_class().objects.filter(pk=self.session_key).update(session_key=key):
            return False
        self._session_key = key
        self.modified = True
        return True

    def cycle_key(self) -> None:
        """Raises SessionInterrupted for somebody's session that was ended meanwhile: it doesn't come back by this."""
        if self.rotate():
            return
        if SESSION_KEY in self:
            raise SessionInterrupted
        super().cycle_key()

    def flush(self) -> None:
        self.kept = {}
        super().flush()

    def create(self) -> None:
        self.created_at = timezone.now()
        super().create()

    def create_model_instance(self, data: dict[str, Any]) -> "Session":
        session = cast("Session", super().create_model_instance(data))
        session.user_id = data.get(SESSION_KEY)
        session.created_at = self.created_at or timezone.now()
        return session

    @property
    def ends_at(self) -> datetime | None:
        """When it will be over, however busy somebody is; None of a session that is nobody's."""
        begun = self.kept.get("signed_in_at") or self.created_at
        return begun + timedelta(hours=self.kept["absolute_hours"]) if begun and self.kept else None

    def take_why_signed_out(self) -> str:
        """Why the person who comes to the sign-in page has to; told once."""
        why: str = self.pop(WHY, "")
        return why
