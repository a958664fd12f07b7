"""All tenants to this code's schema: in parallel processes, resumable, one failure stopping no other."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from tenants.binding import CATALOG, bound_to
from tenants.carrying_out import in_words
from tenants.models import Template, Tenant, TenantMigration
from tenants.provisioner import exclusively
from tenants.provisioning import record_schema
from tenants.recording import record_in_catalog
from tenants.templating import ensure_template, migrate_as_owner

State = TenantMigration.State
DIFFERS = "Its schema differs from the template's although every migration ran."


@dataclass(frozen=True)
class Outcome:
    """What became of one tenant: its short name, and the error in words where it failed."""

    slug: str
    error: str = ""


def plan() -> list[Tenant]:
    """The tenants that aren't at this code's schema, once its template is built."""
    template = ensure_template()
    with bound_to(CATALOG):
        return [*Tenant.objects.behind(template.fingerprint)]


def migrate_fleet(processes: int, when_waiting: Callable[[], object] = lambda: None) -> list[Outcome]:
    """Migrate whoever is behind; asked again, go on where it stopped and try what failed once more.

    One run at a time, for each tells its outcomes from the same rows: of what another was just about to do it would
    say that it was interrupted. `when_waiting` is called where another one goes on.
    """
    template = ensure_template()
    with exclusively("migrations of the fleet", when_waiting):
        return _migrate_whoever_is_behind(template, processes)


def _migrate_whoever_is_behind(template: Template, processes: int) -> list[Outcome]:
    with bound_to(CATALOG):
        behind = [*Tenant.objects.behind(template.fingerprint)]
        if not behind:
            return []
        _write_down(behind, template)
    _run_processes(min(processes, len(behind)))
    with bound_to(CATALOG):
        rows = TenantMigration.objects.filter(fingerprint=template.fingerprint, tenant__in=behind)
        return [_outcome(row) for row in rows.select_related("tenant").order_by("tenant__slug")]


def _outcome(row: TenantMigration) -> Outcome:
    """One that is still waiting was left by processes that all ended too early."""
    unreached = "It wasn't reached: run migrate_fleet again." if row.state == State.WAITING else ""
    return Outcome(row.tenant.slug, row.error or unreached)


def _write_down(behind: list[Tenant], template: Template) -> None:
    TenantMigration.objects.bulk_create(
        [TenantMigration(tenant=tenant, fingerprint=template.fingerprint) for tenant in behind],
        update_conflicts=True,
        unique_fields=["tenant", "fingerprint"],
        update_fields=["state", "error"],
    )


def _run_processes(count: int) -> None:
    """Each in a process of its own: one that dies takes only its own tenant's turn with it."""
    command = [sys.executable, str(settings.BASE_DIR / "manage.py"), "migrate_fleet", "--claim"]
    running = [subprocess.Popen(command) for _ in range(count)]
    for process in running:
        process.wait()


def migrate_claimed() -> Iterator[Outcome]:
    """Take one waiting tenant after another, and nobody else's, until none is left."""
    template = ensure_template()
    while (outcome := _migrate_next(template)) is not None:
        yield outcome


def _migrate_next(template: Template) -> Outcome | None:
    """Claimed by whoever gets the row first; until it says otherwise the tenant counts as interrupted."""
    waiting = TenantMigration.objects.select_related("tenant__server").select_for_update(
        skip_locked=True, of=("self",)
    )
    with bound_to(CATALOG), transaction.atomic():
        row = waiting.filter(fingerprint=template.fingerprint, state=State.WAITING).first()
        if row is None:
            return None
        row.state = State.FAILED
        row.error = "It was interrupted: run migrate_fleet again."
        row.save(update_fields=["state", "error"])
    return _migrate(row, template)


def _migrate(row: TenantMigration, template: Template) -> Outcome:
    error = kind = ""
    try:
        with exclusively(f"tenant {row.tenant_id}"):
            if _is_behind(row.tenant, template) and _bring_up(row.tenant) != template.fingerprint:
                error, kind = DIFFERS, "another schema"
    except Exception as problem:  # noqa: BLE001 - one tenant's trouble, whatever it is, stops no other
        kind = type(problem).__name__
        error = f"{kind}: {in_words(problem)}"
    with bound_to(CATALOG):
        row.state = State.FAILED if error else State.DONE
        row.error = error
        row.finished_at = timezone.now()
        row.save(update_fields=["state", "error", "finished_at"])
        _record(row.tenant, kind)
    return Outcome(row.tenant.slug, error)


def _record(tenant: Tenant, error: str) -> None:
    """An error's words may hold values of the tenant's: they stay on the migration's row, which isn't logged."""
    if error:
        record_in_catalog("tenants.migrated", "failed", tenant=tenant.slug, error=error)
    else:
        record_in_catalog("tenants.migrated", tenant=tenant.slug)


def _is_behind(tenant: Tenant, template: Template) -> bool:
    """Asked again once we are alone with it: an earlier run's process may have gone on, or it was closed."""
    with bound_to(CATALOG):
        return Tenant.objects.behind(template.fingerprint).filter(pk=tenant.pk).exists()


def _bring_up(tenant: Tenant) -> str:
    fingerprint = migrate_as_owner(tenant.place)
    record_schema(tenant, fingerprint)
    return fingerprint
