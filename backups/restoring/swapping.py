"""Putting a restored database in force: the present one is shut, its log comes along, the catalog is updated once."""

import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta

from django.conf import settings
from django.core.cache import cache
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from redis.exceptions import RedisError

from audit.models import SealState
from audit.recording import record
from backups.exceptions import RestoreRefused
from backups.models import Restore
from backups.restoring.handing_over import hand_over, is_there
from backups.restoring.purging import purge_again
from backups.restoring.safety_copy import see_to_a_safety_copy
from backups.restoring.steps import new_place
from backups.restoring.taking_up import take_up
from backups.restoring.telling import tell_the_owner
from tenants.binding import CATALOG, bound_to
from tenants.carrying_out import step
from tenants.clock import time_of_catalog
from tenants.host_epochs import forget_hosts
from tenants.models import Operation, Tenant
from tenants.places import Place
from tenants.pool import pool
from tenants.provisioner import execute, exists, provisioner
from tenants.templating import ensure_template
from tenants.walls import set_role

logger = logging.getLogger(__name__)
FAREWELL_SECONDS = 30.0
TABLE = Restore._meta.db_table


def swapped_by(operation: Operation) -> Restore:
    with bound_to(CATALOG):
        return Restore.objects.select_related("tenant__server", "backup__tenant").get(swap=operation)


@step(gettext_noop("Put the restored database in force"))
def swap(operation: Operation) -> None:
    restore = swapped_by(operation)
    if _is_done(restore):
        return
    see_to_a_safety_copy(operation)
    old, new, restore.error = restore.tenant.place, new_place(restore), ""
    with _closed_for_writing(old):
        new, since = hand_over(restore, old, new)
        purge_again(restore, new)
        take_up(restore, new, since)
        _switch(restore, old, new)


@step(gettext_noop("Shut the one that was replaced, and keep it for a while"))
def retire_the_old(operation: Operation) -> None:
    """And what earlier restores of this tenant have replaced, newest first: one of those may have failed at this."""
    tenant = swapped_by(operation).tenant
    with bound_to(CATALOG):
        replaced = tenant.restores.filter(state=Restore.State.SWAPPED).exclude(old_database="")
        names = [*replaced.order_by("-finished_at").values_list("old_database", flat=True)]
    for name in names:
        _shut(replace(tenant.place, alias=name, database=name, role=name))


def _shut(old: Place) -> None:
    with provisioner(server=old) as connection:
        if exists(connection, "database", old.database):
            execute(connection, "ALTER DATABASE {} ALLOW_CONNECTIONS false", old.database)
    _end_sessions(old)
    pool.close_idle(old.alias)
    try:
        with bound_to(old):
            cache.clear()
    except (RedisError, OSError):  # under a name that nobody is bound to any more: it ends by itself
        logger.warning("What was remembered of %s stays until it expires: the cache is away.", old.alias)


def _is_done(restore: Restore) -> bool:
    """The catalog was updated already, by whoever was killed after that."""
    return restore.state == Restore.State.SWAPPED


@contextmanager
def _closed_for_writing(old: Place) -> Iterator[None]:
    """PostgreSQL lets the tenant's role in no more, the site answers 503 meanwhile; open again where it fails."""
    with provisioner(server=old) as connection:
        if exists(connection, "role", old.role):
            execute(connection, "ALTER ROLE {} NOLOGIN", old.role)
    try:
        _end_sessions(old)
        yield
    except BaseException:
        if is_there(old):
            set_role(old)
        raise


def _end_sessions(place: Place) -> None:
    """Of the tenant's own role; what they had begun is rolled back."""
    until = time.monotonic() + FAREWELL_SECONDS
    query = "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE usename = %s"
    with provisioner(server=place) as connection:
        while (found := connection.execute(query, [place.role]).fetchone()) and found[0]:
            if time.monotonic() > until:
                raise RestoreRefused(_("Somebody's work in the present database doesn't end: try again."))
            time.sleep(0.05)


def _switch(restore: Restore, old: Place, new: Place) -> None:
    """One transaction: from here on the host leads to the restored database."""
    template = ensure_template()
    now = time_of_catalog()
    with bound_to(CATALOG), transaction.atomic():
        tenant = Tenant.objects.select_for_update().get(pk=restore.tenant_id)
        if tenant.is_ending or tenant.schema_name != old.database:
            raise RestoreRefused(_("It was closed or moved meanwhile: nothing was put in force."))
        tenant.schema_name, tenant.era, tenant.password_generation = new.database, new.era, new.generation
        tenant.log_name, tenant.fingerprint = new.log, template.fingerprint
        tenant.schema_level = settings.AMANA_SCHEMA_LEVEL
        tenant.save()
        SealState.objects.create(database=new.database, looked_at=now, opened_at=now)
        restore.state, restore.finished_at, restore.old_database = Restore.State.SWAPPED, now, old.database
        restore.old_kept_until = now + timedelta(days=settings.AMANA_RESTORE_KEEPS_DAYS)
        restore.save(update_fields=["state", "finished_at", "old_database", "old_kept_until", "error"])
        tenant.note(gettext_noop("restored"), restore.requested_by, reason=restore.reason)
        record("backups.restore_swapped", subject=TABLE, object_id=restore.pk, tenant=tenant.slug)
        tell_the_owner(restore)
        forget_hosts(tenant.domains.values_list("domain", flat=True))
