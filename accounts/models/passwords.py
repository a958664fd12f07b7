from typing import ClassVar

from django.db import models
from django.utils import timezone

from accounts.models.people import User
from tenants.belonging import OfOneTenant
from tenants.identifiers import new_id


class FormerPassword(OfOneTenant):
    """A password that somebody had, as it was hashed: so that it isn't chosen again too soon."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="former_passwords")
    password = models.CharField(max_length=128, editable=False)
    replaced_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        default_permissions = ()
        ordering: ClassVar = ["-replaced_at", "-id"]

    def __str__(self) -> str:
        return f"{self.user_id}"
