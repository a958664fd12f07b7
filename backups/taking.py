"""Taking a copy: one snapshot, dumped, compressed, encrypted and stored, with the tenant's files and a manifest."""

import hashlib
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from django.conf import settings
from django.utils import timezone

from backups.fingerprints import fingerprint
from backups.keeping.anchors import keep_anchors
from backups.manifests import FORM, Manifest, publish
from backups.models import Backup, Policy, RecoveryKey
from backups.pipeline import Sealed, seal_into
from backups.programs import major_version
from backups.recovery_keys.finding import current_key
from backups.roles import roles_script
from backups.snapshots import Snapshot, dump_of, snapshot_of
from backups.storage import Store, open_store
from backups.tenant_files import Told, files_of, folder_of
from tenants.binding import CATALOG, bound_to
from tenants.places import Place

DUMP, FILES, ROLES = "database.dump.zst.age", "files.tar.zst.age", "roles.sql"


def take(backup: Backup) -> None:
    """Take the copy that `backup` was claimed for, unbound; done when this returns, and published whole.

    Raises LeaseLost where another worker has it now, and whatever went wrong: nothing of it counts then.
    """
    with bound_to(CATALOG):
        place = backup.tenant.place if backup.tenant else CATALOG.place
        key = current_key(backup.tenant)
        policy = Policy.objects.get(tier=backup.tier)
        backup.write(folder=folder_name(backup, place), database=place.database, key_version=key.version)
    store = open_store("writer")
    with snapshot_of(place) as snapshot:
        manifest = _store(store, backup, snapshot, key)
    publish(store, backup.folder, manifest)
    keep_anchors(store, place.database)
    with bound_to(CATALOG):
        objects = manifest["objects"].values()
        backup.end(
            Backup.State.DONE,
            snapshot_at=snapshot.at,
            manifest=manifest,
            plain_bytes=sum(each["plain_bytes"] for each in objects),
            stored_bytes=sum(each["bytes"] for each in objects),
            expires_at=snapshot.at + policy.kept,
        )


def folder_name(backup: Backup, place: Place) -> str:
    """Named by database, moment, tier and token: an attempt that was given up never lies where the next one does."""
    return (
        f"{place.database}/{timezone.now():%Y%m%dT%H%M%SZ}-{backup.tier}-{backup.id.hex[-8:]}-{backup.token}"
    )


def _store(store: Store, backup: Backup, snapshot: Snapshot, key: RecoveryKey) -> Manifest:
    beat = _heartbeat(backup)
    with ThreadPoolExecutor(1, thread_name_prefix="fingerprint") as beside, dump_of(snapshot) as dump:
        found = beside.submit(fingerprint, snapshot.connection, snapshot.left_out)
        objects = {DUMP: seal_into(store, f"{backup.folder}/{DUMP}", dump, key.recipient, beat)}
        content = found.result()
    told = Told()
    if not snapshot.place.is_catalog:
        with files_of(folder_of(snapshot.place), told) as files:
            objects[FILES] = seal_into(store, f"{backup.folder}/{FILES}", files, key.recipient, beat)
    unencrypted = {ROLES: _store_as_it_is(store, f"{backup.folder}/{ROLES}", roles_script(snapshot.place))}
    rest = {"content": content, "files": told.as_dict(), "unencrypted": unencrypted}
    return _manifest(backup, snapshot, key, objects) | rest


def _store_as_it_is(store: Store, name: str, text: str) -> dict[str, Any]:
    """Nothing secret; yet a superuser runs it in a restore, so that the manifest signs for it, too."""
    content = text.encode()
    with store.write(name) as file:
        file.write(content)
    return {"bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}


def _manifest(backup: Backup, snapshot: Snapshot, key: RecoveryKey, objects: dict[str, Sealed]) -> Manifest:
    migrations = snapshot.connection.execute(
        "SELECT app, name FROM public.django_migrations ORDER BY app, name"
    )
    tenant = backup.tenant
    return {
        "form": FORM,
        "folder": backup.folder,
        "backup": str(backup.pk),
        "tenant": str(tenant.pk) if tenant else None,
        "slug": tenant.slug if tenant else None,
        "database": snapshot.place.database,
        "era": snapshot.place.era,
        "tier": backup.tier,
        "snapshot_at": snapshot.at.isoformat(),
        "lsn": snapshot.lsn,
        "recipient": key.recipient,
        "key_version": key.version,
        "versions": {
            "server": snapshot.server_major,
            "pg_dump": major_version("pg_dump"),
            "schema": settings.AMANA_SCHEMA_LEVEL,
        },
        "migrations": [f"{app}.{name}" for app, name in migrations.fetchall()],
        "objects": {name: sealed.as_dict() for name, sealed in objects.items()},
    }


def _heartbeat(backup: Backup) -> Callable[[int], None]:
    """Renew the lease now and then while blocks go by; it is this that stops a worker whose place was taken."""
    every = settings.AMANA_BACKUP_LEASE_SECONDS / 4
    renewed = time.monotonic()

    def beat(_bytes: int) -> None:
        nonlocal renewed
        if time.monotonic() - renewed > every:
            renewed = time.monotonic()
            with bound_to(CATALOG):
                backup.renew()

    return beat
