"""A copy that is restored, fetched once into a private folder: what was verified there is what is read, and no more.

The storage is read once: whoever can write there may have changed an object since, and pg_restore carries out whatever
stands in a dump. What lies in the folder is as encrypted as in the storage.
"""

import shutil
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from pathlib import Path
from uuid import UUID

from django.conf import settings
from django.utils.translation import gettext as _

from backups.alarming.storage import storage_refuses, storage_serves
from backups.drilling.machine import spooled
from backups.exceptions import BackupError, ObjectMissing, StorageAway
from backups.keeping.verifying import check_objects, verify
from backups.manifests import BIGGEST, MANIFEST, SIGNATURE, Manifest
from backups.models import Restore
from backups.pipeline import BLOCK
from backups.scheduling import stopping
from backups.storage import Readable, Store, Writable, open_store
from backups.storage.folder import Folder
from backups.storage.names import checked
from tenants.binding import CATALOG, bound_to

OF_CATALOG = "catalog-"


class Fetched(Folder):
    """What is read of it is broken off where the worker is told to end."""

    @contextmanager
    def read(self, name: str) -> Iterator[Readable]:
        with super().read(name) as file:
            yield stopping.Heeding(file)


_fetched: ContextVar[tuple[UUID, Path] | None] = ContextVar("amana_fetched", default=None)


def fetched(restore: Restore) -> Folder:
    """Its copy, fetched and verified by this process, once for all steps that it carries out: another one's step counts
    for nothing here. Raises CopyDamaged, which is then noted on the copy, StorageAway and Stopped.
    """
    kept = _fetched.get()
    if kept is not None and kept[0] == restore.pk:
        return Fetched(kept[1])
    forget()
    folder = Path(tempfile.mkdtemp(prefix=f"{restore.pk}-", dir=spools()))
    try:
        manifest = restore.backup.manifest
        with _alarming():
            _fetch(manifest, folder, {MANIFEST: BIGGEST, SIGNATURE: BLOCK, **_sizes(manifest)})
        verify(restore.backup, store=Fetched(folder))
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    _fetched.set((restore.pk, folder))
    return Fetched(folder)


@contextmanager
def _alarming() -> Iterator[None]:
    """Whoever mends the storage hears of it, and not only who waits for the restore."""
    try:
        yield
    except StorageAway as trouble:
        storage_refuses("reader", trouble)
        raise
    storage_serves("reader")


def forget() -> None:
    """Nothing of what this process fetched stays."""
    kept = _fetched.get()
    if kept is not None:
        shutil.rmtree(kept[1], ignore_errors=True)
        _fetched.set(None)


@contextmanager
def fetched_of_catalog(manifest: Manifest) -> Iterator[Folder]:
    """The catalog's copy, as its manifest, whose signature holds, says it is. Raises CopyDamaged, ObjectMissing."""
    with tempfile.TemporaryDirectory(prefix=OF_CATALOG, dir=spools()) as name:
        _fetch(manifest, Path(name), _sizes(manifest))
        check_objects(Folder(name), manifest)
        yield Folder(name)


def remove_left() -> int:
    """What processes that were killed have left, unbound; how many folders that were.

    A folder is one process's own, and a restore that isn't running has none that is still at it.
    """
    found = {folder: pk for folder in spools().iterdir() if (pk := _whose(folder))}
    with bound_to(CATALOG):
        running = Restore.objects.filter(pk__in=found.values(), state=Restore.State.RUNNING)
        still = {*running.values_list("pk", flat=True)}
    left = [folder for folder, pk in found.items() if pk not in still]
    for folder in left:
        shutil.rmtree(folder, ignore_errors=True)
    return len(left)


def _whose(folder: Path) -> UUID | None:
    with suppress(ValueError):
        return UUID(folder.name[:36])
    return None


def spools() -> Path:
    folder = Path(settings.AMANA_RESTORE_DIR)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder


def _sizes(manifest: Manifest) -> dict[str, int]:
    """Of each object, in bytes, as the manifest says."""
    said = {**manifest["objects"], **manifest.get("unencrypted", {})}
    return {name: each["bytes"] for name, each in said.items()}


def _fetch(manifest: Manifest, folder: Path, sizes: dict[str, int]) -> None:
    """What is missing stays missing: verifying says so. Raises StorageAway, and MachineFailed for our own disk."""
    _refuse_without_room(folder, _sizes(manifest).values())
    store = open_store("reader")
    for name, size in sizes.items():
        with suppress(ObjectMissing):
            _fetch_one(store, folder, f"{manifest['folder']}/{name}", size)


def _fetch_one(store: Store, folder: Path, name: str, size: int) -> None:
    with store.read(name) as source, spooled(folder / checked(name), "restore") as file:
        _pour(stopping.Heeding(source), file, size)


def _pour(source: Readable, target: Writable, size: int) -> None:
    """No more of it than shows that it is longer than it should be."""
    poured = 0
    while poured <= size and (data := source.read(BLOCK)):
        poured += target.write(data)


def _refuse_without_room(folder: Path, sizes: Iterable[int]) -> None:
    needed, free = sum(sizes), shutil.disk_usage(folder).free
    if needed > free:
        told = {"needed": needed // 10**6 + 1, "free": free // 10**6, "folder": folder.parent}
        raise BackupError(
            _("The copy takes %(needed)s MB, and in %(folder)s there are %(free)s: make room, try again.")
            % told
        )
