"""Sessions in a table of our own: one row knows whose it is, since when, and when it was last seen."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, cast

from django.apps import apps
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends import db
from django.utils import timezone

if TYPE_CHECKING:
    from accounts.models import Session

SEEN_EVERY = timedelta(minutes=5)
# What stands in columns beside the data, and goes with it when the session gets a new key.
KEPT = ("signed_in_at", "factor_at", "confirmed_at", "locked_at", "browser_id", "ip", "agent")


class SessionStore(db.SessionStore):
    """The engine behind `request.session` (SESSION_ENGINE)."""

    created_at: datetime | None = None
    kept: dict[str, Any]

    def __init__(self, session_key: str | None = None) -> None:
        super().__init__(session_key)
        self.kept = {}

    @classmethod
    def get_model_class(cls) -> "type[Session]":
        model: type[Session] = apps.get_model("accounts", "Session")
        return model

    def _get_session_from_db(self) -> "Session | None":
        session: Session | None = super()._get_session_from_db()  # type: ignore[misc]
        if session is not None:
            self.created_at = session.created_at
            self.kept = {name: getattr(session, name) for name in KEPT}
            if timezone.now() - session.last_seen_at > SEEN_EVERY:
                session.touch()
        return session

    def mark(self, **columns: Any) -> None:
        """Change what stands beside the data, at once and by itself. The session has been saved before."""
        self.get_model_class().objects.filter(pk=self.session_key).update(**columns)
        self.kept |= columns

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
        for name, value in self.kept.items():
            setattr(session, name, value)
        return session
