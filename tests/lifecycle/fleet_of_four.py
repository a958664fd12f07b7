"""Four tenants of this release, and the command that brings them to the next one."""

import os
import signal
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from tenants.binding import CATALOG, bound_to
from tenants.models import Template, Tenant, TenantMigration
from tests.lifecycle.looking import superuser
from tests.support.command_line import Said, begin, end, ours


def next_release(lock_timeout: str = "300ms") -> dict[str, str]:
    settings = {
        "DJANGO_SETTINGS_MODULE": "tests.lifecycle.next_release",
        "NEXT_RELEASE_LOCK_TIMEOUT": lock_timeout,
    }
    return ours() | settings


def begin_fleet(*arguments: str, lock_timeout: str = "300ms") -> subprocess.Popen[str]:
    return begin("migrate_fleet", *arguments, environment=next_release(lock_timeout))


def migrate_fleet(*arguments: str) -> Said:
    return end(begin_fleet(*arguments))


def has_ledger(tenant: Tenant) -> bool:
    with superuser(tenant.schema_name) as connection:
        row = connection.execute("SELECT to_regclass('public.ledger_entry') IS NOT NULL").fetchone()
    return bool(row and row[0])


def as_owner(tenant: Tenant, statement: str) -> None:
    with superuser(tenant.schema_name) as connection:
        connection.execute("SET ROLE tenant_owner")
        connection.execute(statement.encode())


@contextmanager
def migrations_locked(tenant: Tenant) -> Iterator[None]:
    """No migration can be written down there as long as this holds; the site itself goes on."""
    with superuser(tenant.schema_name) as connection, connection.transaction():
        connection.execute("LOCK TABLE django_migrations IN EXCLUSIVE MODE")
        yield


def progress_of(tenants: list[Tenant]) -> list[str]:
    """Of each, how far it has come: "" where nobody has asked."""
    with bound_to(CATALOG):
        rows = dict(TenantMigration.objects.filter(tenant__in=tenants).values_list("tenant", "state"))
    return [rows.get(tenant.pk, "") for tenant in tenants]


def errors_of(tenants: list[Tenant]) -> dict[str, str]:
    with bound_to(CATALOG):
        rows = TenantMigration.objects.filter(tenant__in=tenants).exclude(error="")
        return {row.tenant.slug: row.error for row in rows.select_related("tenant")}


def rows_of(tenants: list[Tenant]) -> list[Mapping[str, object]]:
    with bound_to(CATALOG):
        rows = Tenant.objects.filter(pk__in=[tenant.pk for tenant in tenants]).order_by("slug")
        return [{**row} for row in rows.values()]


def finished_at(tenant: Tenant) -> object:
    with bound_to(CATALOG):
        return TenantMigration.objects.get(tenant=tenant).finished_at


def templates() -> list[tuple[int, bool]]:
    """Version of each, and whether it is ready; newest first."""
    with bound_to(CATALOG):
        return [(each.version, each.ready_at is not None) for each in Template.objects.all()]


def template_databases() -> list[str]:
    with superuser() as connection:
        query = "SELECT datname FROM pg_database WHERE datname LIKE 'tenant\\_template\\_v%' ORDER BY 1"
        return [name for (name,) in connection.execute(query).fetchall()]


def drop_templates_but(code: str) -> None:
    """Those of other releases, so that the next test builds its own."""
    with bound_to(CATALOG):
        others = [*Template.objects.exclude(code=code)]
        Template.objects.exclude(code=code).delete()
    with superuser() as connection:
        for each in others:
            connection.execute(f"DROP DATABASE IF EXISTS {each.database} WITH (FORCE)".encode())


def children_of(pid: int) -> list[int]:
    """Linux says it; none where the process has ended."""
    try:
        return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except FileNotFoundError:
        return []


def kill(*pids: int) -> None:
    for pid in pids:
        os.kill(pid, signal.SIGKILL)
