"""The catalog as it was when its newest copy was taken, in the place of one that was lost."""

import base64
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from audit.anchor_files import file_of, parse
from audit.anchoring import add_anchors, last_in_catalog, refill_catalog, refill_file, set_file_aside
from audit.batches import Sealed
from audit.recording import record_in_catalog
from backups.exceptions import BackupRefused, CopyDamaged, ManifestRefused, ObjectMissing
from backups.keeping.anchors import PREFIX as ANCHORS
from backups.keeping.anchors import set_aside
from backups.manifests import MANIFEST, Manifest, read_manifest
from backups.programs import check_can_restore
from backups.recovery_keys.escrow import read_escrow
from backups.recovery_keys.wrapping import unwrap_identity
from backups.restoring.comparing import compare
from backups.restoring.copies import open_dump
from backups.restoring.fetching import fetched_of_catalog
from backups.restoring.loading import load
from backups.snapshots import NEVER_DUMPED
from backups.storage import Store, open_store
from tenants.binding import CATALOG, bound_to
from tenants.clock import time_of_catalog
from tenants.models import Tenant
from tenants.pool import pool
from tenants.provisioner import execute, provisioner
from tenants.setting_up import prepare_catalog

WHY = "the catalog was lost, and restored from a copy"
OWNED = (("catalog_owner", ("public",)), ("audit_owner", ("activity_api", "audit")))


def manifests(store: Store) -> list[Manifest]:
    """Every manifest in the storage whose signature holds, oldest first; what was forged or altered is passed over."""
    found = []
    for each in store.list():
        folder, _, name = each.name.rpartition("/")
        if name == MANIFEST:
            try:
                found.append(read_manifest(store, folder))
            except (ManifestRefused, ObjectMissing):
                continue
    return sorted(found, key=lambda manifest: str(manifest["snapshot_at"]))


def identity_from(identity: Path | None, escrow: Path | None, key: Path | None, version: int) -> str:
    """What opens the catalog's copies: given on a file, or out of an escrow by one of the offline recovery keys.

    Raises BackupRefused, RecoveryKeyMissing, EscrowRefused.
    """
    if identity:
        return _secret_in(identity)
    if not (escrow and key):
        raise BackupRefused("Give --identity FILE, or --escrow FILE with --recovery-key FILE.")
    rows = [row for row in read_escrow(escrow) if row["tenant"] is None and row["version"] == version]
    if not rows:
        raise BackupRefused(f"The escrow holds no key of the catalog, version {version}.")
    return unwrap_identity(base64.b64decode(rows[0]["wrapped"]), _secret_in(key))


def _secret_in(path: Path) -> str:
    """The line of a file of age-keygen that isn't a comment."""
    lines = [line.strip() for line in path.read_text().splitlines()]
    found = next((line for line in lines if line.startswith("AGE-SECRET-KEY-")), None)
    if found is None:
        raise BackupRefused(f"{path.name} holds no age identity.")
    return found


def refuse_unless_lost() -> None:
    """Raises BackupRefused where the catalog knows a tenant: nothing of a living one is ever replaced."""
    with bound_to(CATALOG):
        known = Tenant.objects.count()
    if known:
        raise BackupRefused(f"The catalog isn't lost, it knows {known} tenants: nothing was done.")


def load_catalog(manifest: Manifest, identity: str) -> None:
    """Into the empty catalog, in the place of what it holds; verified before, compared after, brought to this code.

    Raises BackupError; it can be asked for again.
    """
    check_can_restore(manifest["versions"])
    with fetched_of_catalog(manifest) as store:
        pool.close_idle()
        _empty_catalog()
        opened = partial(open_dump, store, manifest["folder"], identity)
        load(CATALOG, manifest["versions"], opened)
    _found, wrong = compare(CATALOG, manifest["content"], NEVER_DUMPED)
    if wrong:
        raise CopyDamaged(f"What was restored isn't what was copied: {'; '.join(wrong[:3])}.")
    prepare_catalog()


def _empty_catalog() -> None:
    with provisioner(CATALOG.database) as connection, connection.transaction():
        connection.execute("SET LOCAL lock_timeout = '10s'")
        for owner, schemas in OWNED:
            execute(connection, "SET LOCAL ROLE {}", owner)
            for schema in schemas:
                execute(connection, "DROP SCHEMA IF EXISTS {} CASCADE", schema)
        connection.execute("SET LOCAL ROLE NONE")
        execute(connection, "CREATE SCHEMA public AUTHORIZATION {}", "catalog_owner")


def catch_up_with_anchors() -> str:
    """The anchors of each chain as its file has them, or else the storage; where there is no file, one is written.

    Gives the name under which the lost part of our own is kept, or "".
    """
    with bound_to(CATALOG):
        chains = [tenant.place.chain for tenant in Tenant.objects.select_related("server")]
    for chain in chains:
        if file_of(chain).exists():
            refill_catalog(chain)
        else:
            add_anchors(_in_storage(open_store("reader"), chain), chain)
    for chain in (*chains, CATALOG.chain):
        if last_in_catalog(chain) and not file_of(chain).exists():
            refill_file(chain, WHY)
    return set_file_aside(CATALOG.chain, WHY)


def set_storage_aside() -> str:
    """What the storage has of the catalog's log beyond the copy, too: else the next night would say that it was forged.

    Its new name there, or "". Raises BackupError where this process can't: then it is somebody's to do by hand.
    """
    name = set_aside(CATALOG.chain, time_of_catalog())
    if name:
        record_in_catalog("backups.anchors_set_aside", file=name)
    return name


def _in_storage(store: Store, chain: str) -> Iterator[Sealed]:
    """Each copy brought there what was sealed until then; in order."""
    for piece in store.list(f"{ANCHORS}{chain}/"):
        with store.read(piece.name) as file:
            lines = file.read().splitlines()
        yield from (anchor for anchor, _chain in filter(None, map(parse, lines)))
