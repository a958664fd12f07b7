from datetime import datetime, timedelta
from typing import Any, ClassVar

from django.contrib.postgres.functions import RandomUUID
from django.contrib.sessions.base_session import AbstractBaseSession, BaseSessionManager
from django.db import models
from django.db.models.expressions import CombinedExpression
from django.db.models.functions import Coalesce
from django.utils import timezone

from accounts.models.browsers import KnownBrowser
from accounts.models.people import User
from accounts.models.security import SecurityPolicy
from accounts.sessions import SessionStore
from audit.recording import record
from tenants.belonging import OfOneTenant
from tenants.identifiers import new_id

TERMS = ("idle_minutes", "absolute_hours", "lock_minutes")


class SessionQuerySet(models.QuerySet["Session"]):
    def with_terms(self) -> "SessionQuerySet":
        """Each with the timeouts of its tenant, read along."""
        policy = SecurityPolicy.objects.filter(pk=1)
        return self.annotate(**{name: models.Subquery(policy.values(name)) for name in TERMS})

    def of(self, person: User) -> "SessionQuerySet":
        return self.filter(user=person)

    def not_over(self) -> "SessionQuerySet":
        """Those that can be gone on with: as `Session.over` says of each."""
        now = timezone.now()
        begun_at = Coalesce("signed_in_at", "created_at")
        return (
            self.with_terms()
            .annotate(idle_since=models.Value(now) - _lasting("idle_minutes", timedelta(minutes=1)))
            .annotate(
                begun=begun_at, earliest=models.Value(now) - _lasting("absolute_hours", timedelta(hours=1))
            )
            .filter(expire_date__gt=now)
            .filter(
                models.Q(user=None)
                | models.Q(last_seen_at__gt=models.F("idle_since"), begun__gt=models.F("earliest"))
            )
        )

    def by_last_seen(self) -> "SessionQuerySet":
        return self.order_by("-last_seen_at", "-created_at")


def _lasting(column: str, each: timedelta) -> "models.ExpressionWrapper[CombinedExpression]":
    return models.ExpressionWrapper(
        models.F(column) * models.Value(each), output_field=models.DurationField()
    )


class Session(OfOneTenant, AbstractBaseSession):
    """One browser's visit; before sign-in it is nobody's.

    What decides about it stands in columns of its own, each changed by itself: a request that saves the data of a
    session that was locked meanwhile doesn't unlock it. `handle` names it on pages, since its key is a secret.
    """

    user = models.ForeignKey(
        User, on_delete=models.CASCADE, null=True, blank=True, editable=False, related_name="sessions"
    )
    handle = models.UUIDField(unique=True, default=new_id, db_default=RandomUUID(), editable=False)
    created_at = models.DateTimeField(editable=False)
    last_seen_at = models.DateTimeField(default=timezone.now, editable=False)
    signed_in_at = models.DateTimeField(null=True, editable=False)
    factor_at = models.DateTimeField(null=True, editable=False, help_text="The second factor was given.")
    confirmed_at = models.DateTimeField(null=True, editable=False, help_text="Proved again that it is them.")
    locked_at = models.DateTimeField(null=True, editable=False, help_text="The screen is locked since.")
    wrong_answers = models.PositiveSmallIntegerField(
        default=0,
        db_default=0,
        editable=False,
        help_text="At the lock and when asked to confirm, since the last right one.",
    )
    rights = models.CharField(
        max_length=16,
        default="",
        db_default="",
        editable=False,
        help_text="What its person might do, summed up.",
    )
    browser = models.ForeignKey(
        KnownBrowser, on_delete=models.SET_NULL, null=True, editable=False, related_name="sessions"
    )
    ip = models.GenericIPAddressField(null=True, editable=False)
    agent = models.CharField(max_length=300, blank=True, default="", db_default="", editable=False)

    # Read along by `with_terms`.
    idle_minutes: int
    absolute_hours: int
    lock_minutes: int

    objects: ClassVar = BaseSessionManager.from_queryset(SessionQuerySet)()

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

    @property
    def begun_at(self) -> datetime:
        return self.signed_in_at or self.created_at

    def over(self) -> str:
        """Why it is past its time, by the terms that were read along; empty where it isn't, or is nobody's."""
        if self.user_id is None:
            return ""
        now = timezone.now()
        if now - self.last_seen_at >= timedelta(minutes=self.idle_minutes):
            return "idle"
        if now - self.begun_at >= timedelta(hours=self.absolute_hours):
            return "absolute"
        return ""

    def end(self, why: str) -> bool:
        """Its browser is signed out from its next request on. False where somebody else has ended it already."""
        gone, _ = type(self)._default_manager.filter(pk=self.pk).delete()
        if gone and self.user:
            record(
                "accounts.session_ended",
                subject=User._meta.db_table,
                object_id=self.user.pk,
                name=self.user.name,
                why=why,
            )
        return bool(gone)
