"""Databases that stand beside the tenants' own: restored and not in force yet, or replaced and kept for a while."""

import shutil
from contextlib import suppress
from dataclasses import replace
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.module_loading import import_string
from django.utils.translation import gettext_noop

from audit.recording import record
from backups.exceptions import EndingRefused
from backups.keeping.clock import agreed_time
from backups.models import Restore
from backups.restoring.asking import OPEN
from backups.tenant_files import folder_of
from tenants.binding import CATALOG, bound_to
from tenants.carrying_out import step
from tenants.celery import BROKER_AWAY
from tenants.models import Operation, Tenant
from tenants.provisioner import exclusively, execute, hold, provisioner

State = Restore.State
TABLE = Restore._meta.db_table


def names() -> set[str]:
    """Bound to the catalog. What is here belongs to somebody, and is no orphan."""
    found = Restore.objects.exclude(new_database="", old_database="").values_list(
        "new_database", "old_database"
    )
    return {name for pair in found for name in pair if name}


def drop_what_is_over() -> int:
    """What was given up, and what was replaced long enough ago; how many restores that was. Unbound."""
    over = Q(state=State.GIVEN_UP) & ~Q(new_database="")
    with suppress(EndingRefused):
        over |= Q(state=State.SWAPPED, old_kept_until__lt=agreed_time()) & ~Q(old_database="")
    with bound_to(CATALOG):
        found = [*Restore.objects.filter(over).values_list("pk", "tenant")]
    for pk, tenant in found:
        with exclusively(f"tenant {tenant}"):
            _drop_of(pk)
    return len(found)


def drop_soon() -> None:
    """Once what is asked for is committed; a broker that is away loses nothing: the minute's look does it."""
    transaction.on_commit(_send)


def _send() -> None:
    with suppress(*BROKER_AWAY):
        import_string("backups.restoring.tasks.look_after_restores").delay()


def _drop_of(pk: UUID) -> None:
    with bound_to(CATALOG):
        restore = Restore.objects.select_related("tenant__server").get(pk=pk)
    if restore.state == State.GIVEN_UP:
        _drop(restore.tenant, restore.new_database)
        cleared = {"new_database": ""}
    else:
        _drop(restore.tenant, restore.old_database)
        cleared = {"old_database": ""}
    with bound_to(CATALOG):
        Restore.objects.filter(pk=pk).update(**cleared)
        if restore.state == State.SWAPPED:
            slug = restore.tenant.slug
            record("backups.replaced_database_dropped", subject=TABLE, object_id=pk, tenant=slug)


@step(gettext_noop("Drop what restores left beside it"))
def drop_what_lies_beside(operation: Operation) -> None:
    """A step of closing a tenant: nothing of it may stay."""
    with bound_to(CATALOG):
        left = [*Restore.objects.filter(tenant=operation.tenant).select_related("tenant__server")]
    for restore in left:
        for name in filter(None, (restore.new_database, restore.old_database)):
            _drop(restore.tenant, name)
    with bound_to(CATALOG):
        here = Restore.objects.filter(tenant=operation.tenant)
        here.update(new_database="", old_database="")
        here.filter(state__in=OPEN).update(state=State.GIVEN_UP, finished_at=timezone.now())


def _drop(tenant: Tenant, name: str) -> None:
    """Database, role and files of that name, unless they are the tenant's present ones."""
    if not name or name == tenant.schema_name:
        return
    place = replace(tenant.place, alias=name, database=name, role=name)
    with provisioner(server=place) as connection:
        hold(connection, name)
        execute(connection, "DROP DATABASE IF EXISTS {} WITH (FORCE)", name)
        execute(connection, "DROP ROLE IF EXISTS {}", name)
    shutil.rmtree(folder_of(place), ignore_errors=True)
