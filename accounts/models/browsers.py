from typing import ClassVar

from django.db import models
from django.utils import timezone

from accounts.models.people import User
from tenants.belonging import OfOneTenant
from tenants.identifiers import new_id


class KnownBrowser(OfOneTenant):
    """A browser in which a person has signed in before: it carries a random token, of which only the hash is kept."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="browsers")
    digest = models.CharField(max_length=64, editable=False)
    agent = models.CharField(max_length=300, blank=True)
    ip = models.GenericIPAddressField(null=True)
    first_seen_at = models.DateTimeField(default=timezone.now, editable=False)
    last_seen_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        default_permissions = ()
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["user", "digest"], name="browser_known_once"),
        ]

    def __str__(self) -> str:
        return self.agent
