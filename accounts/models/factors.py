from typing import ClassVar

from django.db import models
from django.utils import timezone
from django_otp.models import Device

from accounts.models.people import User
from keys.fields import EncryptedField
from keys.holding import HoldsSecrets
from tenants.belonging import OfOneTenant
from tenants.identifiers import new_id


class TotpDevice(HoldsSecrets, Device):
    """An app that shows a new code every 30 seconds (RFC 6238). Its key is encrypted: a copy of the database has none.

    One time step is accepted, now + `drift`; `last_step` is the newest that was, so no code is accepted twice.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    key = EncryptedField()
    drift = models.SmallIntegerField(default=0, editable=False)
    last_step = models.BigIntegerField(default=-1, editable=False)
    failures = models.PositiveIntegerField(default=0, editable=False)
    failed_at = models.DateTimeField(null=True, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    last_used_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        default_permissions = ()
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["user"], condition=models.Q(confirmed=True), name="one_confirmed_totp_device"
            ),
        ]


class RecoveryCode(OfOneTenant):
    """One of ten codes that stand in for a lost device, once. Only a keyed hash of it is kept."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="recovery_codes")
    digest = models.CharField(max_length=64, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    used_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        default_permissions = ()
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["user", "digest"], name="recovery_code_once"),
        ]

    def __str__(self) -> str:
        return f"{self.user_id}"
