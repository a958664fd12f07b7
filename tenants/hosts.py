"""Which tenant a host name leads to: asked of the catalog once, remembered until something changes."""

from datetime import timedelta
from typing import Any

from django.core.cache import caches
from redis.exceptions import RedisError

from tenants.binding import CATALOG, bound_to
from tenants.host_epochs import begin_epoch
from tenants.models import Domain, Server, Tenant

REMEMBERED = timedelta(minutes=5).total_seconds()
Remembered = tuple[str, dict[str, Any], dict[str, Any]] | None


def find_tenant(host: str) -> Tenant | None:
    """The tenant at `host`, whatever its state; None where no domain has exactly that name.

    An answer is remembered under the host's present epoch; `forget_hosts` begins a new epoch, so that an answer
    read before a change and stored after it is never used. Without Valkey the catalog is asked each time.
    """
    epoch, remembered = _recall(host)
    if remembered is not None and remembered[0] == epoch:
        return _tenant_from(remembered)
    tenant = _ask_catalog(host)
    if tenant is not None and epoch:
        _remember(host, epoch, tenant)
    return tenant


def _recall(host: str) -> tuple[str, Remembered]:
    try:
        cache = caches["platform"]
        found = cache.get_many([f"epoch:{host}", f"host:{host}"])
        epoch = found.get(f"epoch:{host}") or begin_epoch(host)
        return str(epoch), found.get(f"host:{host}")
    except RedisError:
        return "", None


def _remember(host: str, epoch: str, tenant: Tenant) -> None:
    try:
        caches["platform"].set(f"host:{host}", (epoch, _row(tenant), _row(tenant.server)), REMEMBERED)
    except RedisError:
        return


def _ask_catalog(host: str) -> Tenant | None:
    with bound_to(CATALOG):
        domain = Domain.objects.select_related("tenant__server").filter(domain=host).first()
        return None if domain is None else domain.tenant


def _row(instance: Tenant | Server) -> dict[str, Any]:
    return {field.attname: getattr(instance, field.attname) for field in instance._meta.concrete_fields}


def _tenant_from(remembered: tuple[str, dict[str, Any], dict[str, Any]]) -> Tenant:
    _, row, server = remembered
    tenant = Tenant.from_db(CATALOG.alias, [*row], [*row.values()])
    held = Server.from_db(CATALOG.alias, [*server], [*server.values()])
    Tenant._meta.get_field("server").set_cached_value(tenant, held)
    return tenant
