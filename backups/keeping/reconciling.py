"""What the storage holds and what the catalog says, compared: neither may have what the other doesn't know of.

A folder without a manifest is what an attempt left that was killed, or failed for good, and one whose row counts on
another folder is what a worker left that had lost its lease: both go, a day after. A whole copy without a row is never
removed: perhaps it is the catalog that was lost.
"""

import logging
import re
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db.models import QuerySet

from audit.recording import record
from backups.alarming.storage import storage_refuses, storage_serves
from backups.exceptions import BackupError, BackupRefused, EndingRefused, StorageAway
from backups.keeping.clock import agreed_time
from backups.keeping.overdue import overdue
from backups.keeping.removing import remove_folder
from backups.keeping.unclaimed import note_unclaimed
from backups.keeping.verifying import note_damage
from backups.manifests import MANIFEST, SIGNATURE, read_manifest
from backups.models import Backup
from backups.storage import Store, Stored, open_store
from tenants.binding import CATALOG, bound_to
from tenants.clock import time_of_catalog

logger = logging.getLogger(__name__)
PATIENCE = timedelta(days=1)
A_ROUND = timedelta(hours=2)  # of expiry
FOLDER = re.compile(r"([a-z0-9_]+/[0-9]{8}T[0-9]{6}Z-[a-z]+-[0-9a-f]{8}-[0-9]+)/[^/]+")
Say = Callable[[str], None]


@dataclass
class Reconciled:
    """`orphans`: folders of attempts. `unclaimed`: whole copies without a row. `gone`: rows without their objects."""

    orphans: list[str] = field(default_factory=list)
    unclaimed: list[str] = field(default_factory=list)
    gone: list[Backup] = field(default_factory=list)
    unfinished: int = 0
    bytes: dict[str, int] = field(default_factory=dict)  # of each that is unclaimed


def reconcile(*, only_say: bool = False, tell: Say = lambda _: None) -> Reconciled:
    """Remove orphans, mark as damaged what is gone, list what nobody claims. `only_say`: change nothing.

    Raises StorageAway; EndingRefused, and changes nothing, where clocks disagree. Without the keeper's credential it
    can only say.
    """
    store = open_store("reader" if only_say else "keeper")
    began = time_of_catalog() if only_say else agreed_time()
    folders = _folders(store)  # before the rows: whoever writes now has said so in its row before
    found = Reconciled()
    for folder, objects in folders.items():
        _judge(store, folder, objects, found, began - PATIENCE)
    found.gone = _gone(folders, began)
    if not only_say:
        _put_right(store, found, began - PATIENCE, tell)
    return found


def reconcile_what_can_be() -> None:
    """As beat asks for it; an alarm stands while there is what a person must look at."""
    try:
        found = reconcile()
        note_unclaimed(open_store("keeper"), found.bytes)
    except (StorageAway, EndingRefused) as trouble:
        logger.error("The storage can't be reconciled: %s", trouble)
        if isinstance(trouble, StorageAway):
            storage_refuses("keeper", trouble)
        return
    with bound_to(CATALOG):
        is_behind = overdue(A_ROUND) > 0
    if not is_behind:  # else it may list, and still not delete
        storage_serves("keeper")


def _folders(store: Store) -> dict[str, list[Stored]]:
    """Of copies and attempts only: anchors, and whatever else somebody keeps there, is left alone."""
    folders: dict[str, list[Stored]] = defaultdict(list)
    for each in store.list():
        named = FOLDER.fullmatch(each.name)
        if named:
            folders[named[1]].append(each)
    return folders


def _judge(store: Store, folder: str, objects: list[Stored], found: Reconciled, before: datetime) -> None:
    with bound_to(CATALOG):
        row = Backup.objects.filter(folder=folder).first()
    if row and (row.is_stored or not row.is_over):
        return
    if max(each.at for each in objects) > before:
        return
    was_removed = row is not None and row.removed_at is not None
    if was_removed or not _is_whole(objects) or _has_another(store, folder):
        found.orphans.append(folder)
    else:
        found.unclaimed.append(folder)
        found.bytes[folder] = sum(each.size for each in objects)


def _is_whole(objects: list[Stored]) -> bool:
    """With its manifest, it is a copy; signed by us or not, it isn't for us to throw away."""
    return any(each.name.endswith(f"/{MANIFEST}") for each in objects)


def _has_another(store: Store, folder: str) -> bool:
    """The same wish was carried out by another worker, and that one's copy counts."""
    try:
        said = read_manifest(store, folder)["backup"]
    except StorageAway:
        raise
    except BackupError:
        return False
    with bound_to(CATALOG):
        return Backup.objects.good().filter(pk=said).exclude(folder=folder).exists()


def _gone(folders: dict[str, list[Stored]], began: datetime) -> list[Backup]:
    """Stored before we looked, and now without an object that its manifest names."""
    with bound_to(CATALOG):
        stored: QuerySet[Backup] = Backup.objects.good().filter(finished_at__lt=began)
        rows = [*stored.select_related("tenant")]
    return [row for row in rows if _missing(row, folders.get(row.folder, []))]


def _missing(row: Backup, objects: list[Stored]) -> list[str]:
    there = {each.name.rpartition("/")[2] for each in objects}
    named = {*row.manifest.get("objects", {}), *row.manifest.get("unencrypted", {})}
    return sorted({MANIFEST, SIGNATURE, *named} - there)


def _put_right(store: Store, found: Reconciled, before: datetime, tell: Say) -> None:
    found.unfinished = store.sweep(before)
    for folder in found.orphans:
        remove_folder(store, folder)
        tell(f"{folder} was left by an attempt: it is gone.")
    if found.orphans or found.unfinished:
        with bound_to(CATALOG):
            record("backups.swept", number=len(found.orphans) + found.unfinished)
    for row in found.gone:
        try:
            note_damage(row, f"objects of {row.folder} are gone.")
            tell(f"{row.whose} {row.name}: objects are gone.")
        except BackupRefused:
            continue  # it was removed since we looked
