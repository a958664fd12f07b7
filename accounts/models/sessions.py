from typing import Any

from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models
from django.utils import timezone

from accounts.models.browsers import KnownBrowser
from accounts.models.people import User
from accounts.sessions import SessionStore
from tenants.belonging import OfOneTenant


class Session(OfOneTenant, AbstractBaseSession):
    """One browser's visit; before sign-in it is nobody's.

    What decides about it stands in columns of its own, each changed by itself: a request that saves the data of a
    session that was locked meanwhile doesn't unlock it.
    """

    user = models.ForeignKey(
        User, on_delete=models.CASCADE, null=True, blank=True, editable=False, related_name="sessions"
    )
    created_at = models.DateTimeField(editable=False)
    last_seen_at = models.DateTimeField(default=timezone.now, editable=False)
    signed_in_at = models.DateTimeField(null=True, editable=False)
    factor_at = models.DateTimeField(null=True, editable=False, help_text="The second factor was given.")
    confirmed_at = models.DateTimeField(null=True, editable=False, help_text="Proved again that it is them.")
    locked_at = models.DateTimeField(null=True, editable=False, help_text="The screen is locked since.")
    browser = models.ForeignKey(
        KnownBrowser, on_delete=models.SET_NULL, null=True, editable=False, related_name="sessions"
    )
    ip = models.GenericIPAddressField(null=True, editable=False)
    agent = models.CharField(max_length=300, blank=True, default="", db_default="", editable=False)

    class Meta:
        default_permissions = ()

    @classmethod
    def get_session_store_class(cls) -> type[SessionStore]:
        return SessionStore

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Of a session that is there, the data and whose it is; never what is changed by itself."""
        if kwargs.get("force_update") and not kwargs.get("update_fields"):
            kwargs["update_fields"] = ["session_data", "expire_date", "user"]
        super().save(*args, **kwargs)

    def touch(self) -> None:
        """Seen again: noted beside the session's data, which another request may be writing."""
        type(self).objects.filter(pk=self.pk).update(last_seen_at=timezone.now())
