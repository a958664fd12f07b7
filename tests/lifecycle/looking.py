"""What is really there: on the server, in the catalog, on disk, in Valkey."""

import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, LiteralString
from uuid import UUID

import psycopg
import redis
from django.conf import settings
from psycopg import Connection

from accounts.models import User
from tenants.binding import CATALOG, bound_to
from tenants.isolation import check_tenant
from tenants.models import Domain, Operation, Tenant
from tenants.places import Place
from tenants.templating import ensure_template

OURS = "^t_[a-z0-9]{16}$"


@contextmanager
def superuser(database: str = "postgres") -> Iterator[Connection[Any]]:
    with psycopg.connect(os.environ["AMANA_SUPERUSER_URL"], dbname=database, autocommit=True) as connection:
        yield connection


@contextmanager
def template_locked() -> Iterator[None]:
    """As long as this holds, CREATE DATABASE waits for its template."""
    with superuser() as connection:
        connection.execute("BEGIN")
        connection.execute(f"ALTER DATABASE {ensure_template().database} RENAME TO locked".encode())
        yield
        connection.execute("ROLLBACK")


def _names(query: LiteralString) -> list[str]:
    with superuser() as connection:
        return [name for (name,) in connection.execute(query, [OURS]).fetchall()]


def databases() -> list[str]:
    return _names("SELECT datname FROM pg_database WHERE datname ~ %s ORDER BY 1")


def roles() -> list[str]:
    return _names("SELECT rolname FROM pg_roles WHERE rolname ~ %s ORDER BY 1")


def of_the_catalog() -> list[str]:
    with bound_to(CATALOG):
        return sorted(Tenant.objects.not_closed().values_list("schema_name", flat=True))


def tenants_called(slug: str) -> list[Tenant]:
    with bound_to(CATALOG):
        return [*Tenant.objects.not_closed().select_related("server").filter(slug=slug)]


def domains_of(tenant: Tenant) -> list[str]:
    with bound_to(CATALOG):
        return [*Domain.objects.filter(tenant=tenant).values_list("domain", flat=True)]


def users_of(tenant: Tenant) -> list[str]:
    with bound_to(tenant):
        return [*User.objects.values_list("email", flat=True)]


def operations_of(tenant: Tenant) -> list[tuple[str, str]]:
    with bound_to(CATALOG):
        return [*tenant.operations.values_list("kind", "state").order_by("pk")]


def operation(pk: UUID) -> Operation:
    with bound_to(CATALOG):
        return Operation.objects.select_related("tenant__server").get(pk=pk)


def walls_down(tenant: Tenant) -> list[str]:
    return [str(finding) for finding in check_tenant(tenant, repair=False) if not finding.held]


def nothing_is_orphaned() -> bool:
    """Each database and each role belongs to one tenant, and each tenant has both."""
    return databases() == roles() == of_the_catalog()


def is_whole(slug: str) -> bool:
    """One tenant, one operation done, one domain, one owner, every wall standing, and no orphan anywhere."""
    [tenant] = tenants_called(slug)
    assert tenant.state == "active"
    assert operations_of(tenant) == [("provision", "done")]
    assert domains_of(tenant) == [tenant.primary_host]
    assert users_of(tenant) == ["owner@example.com"]
    assert walls_down(tenant) == []
    assert nothing_is_orphaned()
    return True


def files_of(place: Place) -> Path:
    return Path(settings.MEDIA_ROOT) / place.alias


def cache_keys_of(place: Place) -> list[bytes]:
    with redis.from_url(os.environ["AMANA_CACHE_URL"]) as client:
        return [*client.scan_iter(match=f"*{place.alias}*")]


def server_is_busy_with(statement: str) -> list[int]:
    """The server's processes that work on such a statement, or wait in it."""
    query = "SELECT pid FROM pg_stat_activity WHERE state = 'active' AND query LIKE %s"
    with superuser() as connection:
        return [pid for (pid,) in connection.execute(query, [f"{statement}%"]).fetchall()]


def wait_until(true: Callable[[], object], seconds: float = 15) -> None:
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, "It didn't happen in time."
        time.sleep(0.02)
