"""A model of each kind of encrypted column, for these tests alone."""

from typing import Any, ClassVar

from django.db import models

from keys.blind_index import BlindIndexField
from keys.fields import EncryptedBytesField, EncryptedField, EncryptedJSONField
from keys.holding import HoldsSecrets
from tenants.identifiers import new_id


class Credential(HoldsSecrets):
    """Under the tenant's key."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    label = models.CharField(max_length=50, blank=True)
    login = EncryptedField(max_length=100, blank=True)
    login_index = BlindIndexField(of="login")
    note = EncryptedField(null=True, blank=True)
    scopes = EncryptedJSONField(null=True, blank=True)
    token = EncryptedBytesField(null=True)

    objects: ClassVar[models.Manager[Any]] = models.Manager()

    class Meta:
        app_label = "vault"
        default_permissions = ()

    def __str__(self) -> str:
        return self.label


class Buyer(HoldsSecrets):
    """Each row under a key of its own."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    name = EncryptedField(key="row", max_length=100)
    phone_index = BlindIndexField(of="phone")
    phone = EncryptedField(key="row", max_length=50, null=True)

    objects: ClassVar[models.Manager[Any]] = models.Manager()

    class Meta:
        app_label = "vault"
        default_permissions = ()

    def __str__(self) -> str:
        return str(self.pk)


MODELS = (Credential, Buyer)
