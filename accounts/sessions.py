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


class SessionStore(db.SessionStore):
    """The engine behind `request.session` (SESSION_ENGINE)."""

    created_at: datetime | None = None

    @classmethod
    def get_model_class(cls) -> "type[Session]":
        model: type[Session] = apps.get_model("accounts", "Session")
        return model

    def _get_session_from_db(self) -> "Session | None":
        session: Session | None = super()._get_session_from_db()  # type: ignore[misc]
        if session is not None:
            self.created_at = session.created_at
            if timezone.now() - session.last_seen_at > SEEN_EVERY:
                session.touch()
        return session

    def create(self) -> None:
        self.created_at = timezone.now()
        super().create()

    def create_model_instance(self, data: dict[str, Any]) -> "Session":
        session = cast("Session", super().create_model_instance(data))
        session.user_id = data.get(SESSION_KEY)
        session.created_at = self.created_at or timezone.now()
        return session
