"""Restoring beside what is there: each step safe to run again, and nothing of the present database is touched."""

import logging
import shutil
import tarfile
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import NoReturn

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from psycopg import Error

from audit.continuing import begin_era
from audit.recording import record
from backups.drilling.machine import OF_THE_NAME
from backups.exceptions import BackupError, NotWhatWasCopied
from backups.models import Restore
from backups.programs import check_can_restore
from backups.restoring import copies, fetching, loading
from backups.restoring.comparing import compare as compare_content
from backups.restoring.comparing import rows_now
from backups.restoring.identity import borrowed, forget
from backups.storage import Writable
from backups.tenant_files import Told, folder_of, unpack
from tenants.binding import CATALOG, bound_to
from tenants.carrying_out import step
from tenants.clock import time_of_catalog
from tenants.fingerprints import database_fingerprint
from tenants.identifiers import new_database_name
from tenants.models import Operation, Template
from tenants.places import Place
from tenants.provisioner import execute, hold, owner_of, provisioner
from tenants.signed_identity import write_identity
from tenants.templating import ensure_template, migrate_as_owner
from tenants.walls import raise_database_walls, set_role

logger = logging.getLogger(__name__)
NAMED = 20  # differences that are kept: more of them say nothing more


def restore_of(operation: Operation) -> Restore:
    with bound_to(CATALOG):
        found = Restore.objects.select_related("tenant__server", "backup__tenant")
        return found.get(operation=operation)


def new_place(restore: Restore) -> Place:
    """Where it is restored to: a name, a role and a password of its own, and the next era of the same log."""
    name = restore.new_database
    now = restore.tenant.place
    return replace(
        now,
        alias=name,
        database=name,
        role=name,
        era=now.era + 1,
        generation=now.generation + 1,
        log=now.chain,
    )


@step(gettext_noop("Check the copy: signature, size and hash of every object"))
def check_the_copy(operation: Operation) -> None:
    """Fetched first: nothing is read of the storage after it was verified. What we couldn't restore isn't fetched."""
    restore = restore_of(operation)
    check_can_restore(restore.backup.manifest["versions"])
    fetching.fetched(restore)
    if not restore.new_database:
        with bound_to(CATALOG):
            Restore.objects.filter(pk=restore.pk).update(new_database=new_database_name())


@step(gettext_noop("Borrow its key, and see that it opens the copy"))
def borrow_its_key(operation: Operation) -> None:
    restore = restore_of(operation)
    forget()
    contents = loading.contents_of(partial(open_dump, restore))
    if not contents.lines:
        raise NotWhatWasCopied(
            _("There is nothing in this copy: choose another one."), "There is nothing in it."
        )


def open_dump(restore: Restore, target: Writable) -> None:
    copies.open_dump(fetching.fetched(restore), restore.backup.folder, borrowed(restore), target)


@step(gettext_noop("Create the role"))
def create_role(operation: Operation) -> None:
    set_role(new_place(restore_of(operation)))


@step(gettext_noop("Restore the database"))
def restore_database(operation: Operation) -> None:
    """What an earlier try left of it is dropped first, once the copy is here and whole."""
    restore = restore_of(operation)
    place = new_place(restore)
    fetching.fetched(restore)
    with provisioner(server=place) as connection:
        hold(connection, place.database)
        execute(connection, "DROP DATABASE IF EXISTS {} WITH (FORCE)", place.database)
        execute(
            connection,
            "CREATE DATABASE {} TEMPLATE amana_base STRATEGY WAL_LOG ALLOW_CONNECTIONS false",
            place.database,
        )
        execute(connection, "REVOKE ALL ON DATABASE {} FROM PUBLIC", place.database)
        execute(connection, "ALTER DATABASE {} ALLOW_CONNECTIONS true", place.database)
    try:
        loading.load(place, restore.backup.manifest["versions"], partial(open_dump, restore))
    except BaseException:
        _drop_the_half(place)
        raise


def _drop_the_half(place: Place) -> None:
    """Nobody pays for a half one until there is another try; where its server is away, that try drops it."""
    try:
        with provisioner(server=place) as connection:
            execute(connection, "DROP DATABASE IF EXISTS {} WITH (FORCE)", place.database)
    except Error:
        logger.exception(
            "What was restored of %s couldn't be dropped: the next try does that.", place.database
        )


@step(gettext_noop("Compare every table with the manifest"))
def compare(operation: Operation) -> None:
    restore = restore_of(operation)
    content = restore.backup.manifest["content"]
    found, wrong = compare_content(new_place(restore), content)
    tables = {name: said["rows"] for name, said in content.items() if "rows" in said}
    now = rows_now(restore.tenant.place, tables)
    lines = {
        name: {"copy": rows, "restored": found.get(name, {}).get("rows"), "now": now.get(name)}
        for name, rows in tables.items()
    }
    comparison = {"tables": lines, "differences": wrong[:NAMED], "number": len(wrong), "found": found}
    with bound_to(CATALOG):
        comparison["at"] = time_of_catalog().isoformat()
        Restore.objects.filter(pk=restore.pk).update(comparison=comparison)
    if wrong:
        _load_anew_next_time(operation)
        first = "; ".join(wrong[:3])
        says = _("What was restored isn't what was copied: %(first)s.") % {"first": first}
        raise NotWhatWasCopied(says, f"{first}.")


def _load_anew_next_time(operation: Operation) -> None:
    """What isn't as it should be doesn't become so by being compared again."""
    with bound_to(CATALOG):
        operation.steps.filter(title=restore_database.title).update(started_at=None, finished_at=None)


@step(gettext_noop("Restore the files"))
def restore_files(operation: Operation) -> None:
    restore = restore_of(operation)
    folder = folder_of(new_place(restore))
    shutil.rmtree(folder, ignore_errors=True)
    try:
        _unpack(restore, folder)
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise


def _unpack(restore: Restore, folder: Path) -> None:
    """Raises NotWhatWasCopied; a disk that is full or fails is the machine's, and says so itself."""
    told, store = Told(), fetching.fetched(restore)
    try:
        with copies.opened_files(store, restore.backup.folder, borrowed(restore)) as stream:
            unpack(stream, folder, told)
    except (tarfile.TarError, OSError) as trouble:
        if isinstance(trouble, OSError) and trouble.errno not in OF_THE_NAME:
            raise
        _refuse_files(f"The files can't be unpacked: {type(trouble).__name__}.")
    if told.as_dict() != restore.backup.manifest["files"]:
        _refuse_files("Its files aren't those that were copied.")


def _refuse_files(found: str) -> NoReturn:
    raise NotWhatWasCopied(_("The files that were restored aren't those that were copied."), found)


@step(gettext_noop("Begin the next era of its log"))
def begin_the_era(operation: Operation) -> None:
    restore = restore_of(operation)
    begin_era(new_place(restore), restore.tenant.place)


@step(gettext_noop("Bring it up to today's version"))
def bring_up_to_date(operation: Operation) -> None:
    place = new_place(restore_of(operation))
    template = ensure_template()
    with owner_of(place) as connection:
        fingerprint = database_fingerprint(connection)
    if fingerprint != template.fingerprint:
        fingerprint = migrate_as_owner(place)
    _refuse_another_schema(fingerprint, template)


def _refuse_another_schema(fingerprint: str, template: Template) -> None:
    if fingerprint != template.fingerprint:
        raise BackupError(
            _("The tables, rights or triggers that were restored aren't those of today's version.")
        )


@step(gettext_noop("Raise the walls"))
def raise_walls(operation: Operation) -> None:
    place = new_place(restore_of(operation))
    set_role(place)
    raise_database_walls(place)


@step(gettext_noop("Sign the identity"))
def sign_identity(operation: Operation) -> None:
    write_identity(new_place(restore_of(operation)))


@step(gettext_noop("Hand it over for comparison"))
def make_ready(operation: Operation) -> None:
    forget()
    fetching.forget()
    restore = restore_of(operation)
    with bound_to(CATALOG):
        ready = Restore.objects.filter(pk=restore.pk, state=Restore.State.RUNNING)
        values = {
            "state": Restore.State.READY,
            "ready_at": time_of_catalog(),
            "error": "",
            "storage_away_since": None,
        }
        if ready.update(**values):
            restore.tenant.note(gettext_noop("restored beside"), operation.requested_by)
            slug = restore.tenant.slug
            record("backups.restore_ready", subject="backups_restore", object_id=restore.pk, tenant=slug)
