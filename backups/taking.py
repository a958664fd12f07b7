"""Taking a copy: one snapshot, dumped, compressed, encrypted and stored, with the tenant's files and a manifest."""

import hashlib
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.utils import timezone

from backups.exceptions import DumpFailed
from backups.fingerprints.beside import beside
from backups.fingerprints.databases import rows_counted, sequences
from backups.fingerprints.digests import Fingerprint
from backups.heartbeats import Heartbeat
from backups.keeping.anchors import keep_anchors
from backups.manifests import FORM, Manifest, publish
from backups.models import Backup, Policy, RecoveryKey
from backups.pipeline import Sealed, seal_into
from backups.programs import major_version
from backups.recovery_keys.finding import current_key
from backups.roles import roles_script
from backups.runbook.laying import lay_runbook
from backups.snapshots import Snapshot, dump_of, snapshot_of
from backups.storage import Store, open_store
from backups.tenant_files import Told, files_of, folder_of
from tenants.binding import CATALOG, bound_to
from tenants.places import Place

DUMP, FILES, ROLES = "database.dump.zst.age", "files.tar.zst.age", "roles.sql"


def go_on() -> None:
    """Nobody says stop."""


def take(backup: Backup, check: Callable[[], None] = go_on) -> None:
    """Take the copy that `backup` was claimed for, unbound; done when this returns, and published whole.

    `check` is called block by block and may raise to stop it. Raises LeaseLost where another worker has it now, and
    whatever went wrong: nothing of it counts then.
    """
    with bound_to(CATALOG):
        place = backup.tenant.place if backup.tenant else CATALOG.place
        key = current_key(backup.tenant)
        policy = Policy.objects.get(tier=backup.tier)
        backup.write(folder=folder_name(backup, place), database=place.database, key_version=key.version)
    store = open_store("writer")
    with snapshot_of(place) as snapshot:
        manifest = _store(store, backup, snapshot, key, Heartbeat(backup, check))
    publish(store, backup.folder, manifest)
    keep_anchors(store, place.chain)
    lay_runbook(store)
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


def _store(store: Store, backup: Backup, snapshot: Snapshot, key: RecoveryKey, beat: Heartbeat) -> Manifest:
    with dump_of(snapshot) as dump, beside(dump) as read:
        counted = rows_counted(snapshot.connection, snapshot.left_out)  # while pg_dump reads its catalogs
        objects = {DUMP: seal_into(store, f"{backup.folder}/{DUMP}", read, key.recipient, beat)}
        content = read.found()
    _refuse_unless_all(content, counted)
    content |= sequences(snapshot.connection)
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


def _refuse_unless_all(content: Fingerprint, counted: dict[str, int]) -> None:
    """Two witnesses of one snapshot: the dump that went by, and PostgreSQL's own count."""
    dumped = {name: said["rows"] for name, said in content.items()}
    for name in sorted(dumped.keys() | counted.keys()):
        if dumped.get(name) != counted.get(name):
            raise DumpFailed(f"{name} has {counted.get(name)} rows, and {dumped.get(name)} were dumped.")


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
        "generation": snapshot.place.generation,
        "chain": snapshot.place.chain,
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
