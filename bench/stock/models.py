from typing import ClassVar

from django.db import models
from django_tenants.models import DomainMixin, TenantMixin


class Client(TenantMixin):
    name = models.CharField(max_length=100)
    auto_create_schema = True

    class Meta:
        default_permissions: ClassVar = ()


class Domain(DomainMixin):
    class Meta:
        default_permissions: ClassVar = ()
