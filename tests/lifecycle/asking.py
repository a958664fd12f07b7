"""Asking for tenants and for their end, as the command and the console do."""

import secrets
from datetime import timedelta

from django.utils import timezone

from tenants.binding import CATALOG, bound_to
from tenants.carrying_out import carry_out
from tenants.closing import request_closing
from tenants.models import Operation, Tenant
from tenants.provisioning import request_tenant
from tenants.tasks import resume_operations

OWNER = ("owner@example.com", "Olivia")


def a_slug() -> str:
    return f"x{secrets.token_hex(5)}"


def ask(slug: str, name: str = "Hooli", owner: tuple[str, str] = OWNER) -> Operation:
    with bound_to(CATALOG):
        return request_tenant(slug, name, "en", owner, "test")


def ask_to_close(tenant: Tenant) -> Operation:
    with bound_to(CATALOG):
        return request_closing(tenant, tenant.slug, "test")


def a_minute_passes(operation: Operation) -> None:
    with bound_to(CATALOG):
        earlier = timezone.now() - timedelta(minutes=2)
        Operation.objects.filter(pk=operation.pk).update(requested_at=earlier)


def retried_by_a_person(operation: Operation) -> None:
    """What both the command and the button do."""
    with bound_to(CATALOG):
        tenant = Tenant.objects.select_related("server").get(pk=operation.tenant_id)
    again = ask_to_close(tenant) if operation.kind == "close" else ask(tenant.slug)
    assert again.pk == operation.pk
    carry_out(again.pk)


def retried_by_beat(operation: Operation) -> None:
    a_minute_passes(operation)
    resume_operations()


RETRIES = [retried_by_a_person, retried_by_beat]
