"""Who can open the copies: one age identity a tenant, kept wrapped only."""

from typing import ClassVar

from django.db import models
from django.utils import timezone

from backups.owners import short_name
from backups.recovery_keys.proving import is_ours


class RecoveryKeyQuerySet(models.QuerySet["RecoveryKey"]):
    def usable(self) -> "RecoveryKeyQuerySet":
        """Those that open something: of each tenant, the highest version encrypts."""
        return self.filter(destroyed_at=None)

    def troubled(self) -> "RecoveryKeyQuerySet":
        """Those that the drill worker couldn't open when it last looked."""
        return self.usable().exclude(trouble="")


class RecoveryKey(models.Model):
    """An X25519 identity (age v1) of a tenant, or of the catalog (no tenant); the highest version encrypts.

    `recipient` is public. `wrapped` is the identity as an age file for two offline recovery keys and the drill
    worker (`wrapped_for`): emptied when it is destroyed, and with it every copy made to it. Its table is never in the
    catalog's backup: a copy of it would outlive the destruction. `signature` says that `control` made it: whoever
    writes into the catalog can't put a recipient of their own here.
    """

    tenant = models.ForeignKey(
        "tenants.Tenant", on_delete=models.CASCADE, null=True, related_name="recovery_keys"
    )
    version = models.PositiveIntegerField(default=1)
    recipient = models.CharField(max_length=100)
    signature = models.BinaryField(default=bytes)
    wrapped = models.BinaryField()
    wrapped_for = models.TextField(blank=True)
    made_at = models.DateTimeField(default=timezone.now)
    destroyed_at = models.DateTimeField(null=True)
    certificate = models.JSONField(default=dict)
    checked_at = models.DateTimeField(null=True)
    trouble = models.CharField(max_length=500, blank=True)

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

    @property
    def owner(self) -> str:
        """Whose it is, as events and commands say it: a short name, or the catalog."""
        return short_name(self.tenant)

    @property
    def message(self) -> bytes:
        return f"amana recovery key 1|{self.tenant_id}|{self.version}|{self.recipient}".encode()

    @property
    def is_genuine(self) -> bool:
        """Made by us, for this tenant and this version."""
        return is_ours(self.message, self.signature)
