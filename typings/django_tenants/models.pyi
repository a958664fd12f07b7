# What we use of django-tenants, which ships no types.
from typing import ClassVar

from django.db import models

class TenantMixin(models.Model):
    auto_create_schema: ClassVar[bool]
    auto_drop_schema: ClassVar[bool]
    class Meta:
        abstract = True

class DomainMixin(models.Model):
    domain: models.CharField[str, str]
    is_primary: models.BooleanField[bool, bool]
    class Meta:
        abstract = True
