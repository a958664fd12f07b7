from typing import ClassVar

from django.db import models

from tenants.belonging import OfOneTenant
from tenants.identifiers import new_id


class Counted(OfOneTenant):
    """How often something was done by one who is limited, until `ends_at`. Who it was stands there as a keyed hash."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    limit = models.CharField(max_length=40, editable=False)
    whose = models.CharField(max_length=32, editable=False)
    count = models.PositiveIntegerField(editable=False)
    ends_at = models.DateTimeField(db_index=True, editable=False)

    class Meta:
        default_permissions = ()
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["limit", "whose"], name="counted_once"),
        ]

    def __str__(self) -> str:
        return self.limit
