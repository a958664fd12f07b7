"""Who can open the copies: one age identity a tenant, kept wrapped only."""

from typing import ClassVar

from django.db import models
from django.utils import timezone


class RecoveryKeyQuerySet(models.QuerySet["RecoveryKey"]):
    def usable(self) -> "RecoveryKeyQuerySet":
        return self.filter(destroyed_at=None)


class RecoveryKey(models.Model):
    """An X25519 identity (age v1) of a tenant, or of the catalog (no tenant); the highest version encrypts.

    `recipient` is public. `wrapped` is the identity as an age file for two offline recovery keys and the drill
    worker: emptied when it is destroyed, and with it every copy made to it. Its table is never in the catalog's
    backup: a copy of it would outlive the destruction.
    """

    tenant = models.ForeignKey(
        "tenants.Tenant", on_delete=models.CASCADE, null=True, related_name="recovery_keys"
    )
    version = models.PositiveIntegerField(default=1)
    recipient = models.CharField(max_length=100)
    wrapped = models.BinaryField()
    made_at = models.DateTimeField(default=timezone.now)
    destroyed_at = models.DateTimeField(null=True)
    certificate = models.JSONField(default=dict)

    objects = RecoveryKeyQuerySet.as_manager()

    class Meta:
        default_permissions = ()
        ordering: ClassVar = ["-version"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["tenant", "version"], nulls_distinct=False, name="one_recovery_key_per_version"
            )
        ]

    def __str__(self) -> str:
        return f"{self.recipient} v{self.version}"
