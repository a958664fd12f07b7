from typing import ClassVar, Self

from django.db import models

from accounts.models.people import User

class DeviceManager(models.Manager[models.Model]): ...

class Device(models.Model):
    user: models.ForeignKey[User, User]
    name: models.CharField[str, str]
    confirmed: models.BooleanField[bool, bool]
    objects: ClassVar[models.Manager[Self]]
    class Meta:
        abstract = True

    def verify_token(self, token: str) -> bool: ...
