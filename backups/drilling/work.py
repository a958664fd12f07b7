"""What the steps of one drill hand to each other."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID

from django.conf import settings
from psycopg import Connection

from backups.drilling.pulse import Pulse
from backups.manifests import Manifest
from backups.models import Backup, Drill
from backups.storage import Store
from backups.storage.folder import Folder
from tenants.binding import CATALOG, bound_to
from tenants.places import DrillPlace, drill_place


@dataclass
class Found:
    """What a step found, in a sentence, with figures: numbers, names and digests, never what is in a row."""

    says: str
    details: dict[str, Any] = field(default_factory=dict)


class DoesNotApply(Exception):
    """This step proves nothing about this copy; the words say why."""


@dataclass
class Work:
    """`spool`: a private folder; what lies in it is as encrypted as in the storage, until the step `files`.

    `began`, `answered`: by a clock that nobody sets (`time.monotonic`), in seconds.
    """

    drill: Drill
    backup: Backup
    store: Store
    scratch: Connection[Any]
    pulse: Pulse
    spool: Path
    manifest: Manifest = field(default_factory=dict)
    identity: str = ""
    began: float | None = None
    answered: float | None = None

    @property
    def place(self) -> DrillPlace:
        return drill_place(self.drill.tenant_id, self.drill.era)

    @property
    def is_of_catalog(self) -> bool:
        return self.drill.tenant_id is None

    @property
    def fetched(self) -> Folder:
        """What was fetched, under the names it has in the storage."""
        return Folder(self.spool)

    def path(self, name: str) -> Path:
        return self.spool / self.backup.folder / name


@contextmanager
def spool_of(drill: Drill) -> Iterator[Path]:
    """A folder that only we can look into, gone at the end whatever happens."""
    folder = spools() / f"{drill.pk}-{drill.token}"
    folder.mkdir(mode=0o700, parents=True)
    try:
        yield folder
    finally:
        remove_spool(folder)


def remove_spool(folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)


def spools() -> Path:
    return Path(settings.AMANA_DRILL_DIR)


def remove_left_spools(own: Path | None = None) -> int:
    """What killed drills left; those of workers that are at it are let be. How many there were."""
    with bound_to(CATALOG):
        running = {f"{pk}-{token}" for pk, token in Drill.objects.running().values_list("pk", "token")}
    found = [
        each for each in spools().iterdir() if each.name not in running and each != own and _is_ours(each)
    ]
    for folder in found:
        remove_spool(folder)
    return len(found)


def _is_ours(folder: Path) -> bool:
    try:
        UUID(folder.name.rpartition("-")[0])
    except ValueError:
        return False
    return folder.is_dir()
