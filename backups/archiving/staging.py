"""Where a sealed file lies on its way from one worker to the next: with the platform's own files, still encrypted."""

from pathlib import Path
from uuid import UUID

from django.core.files.storage import default_storage

from tenants.binding import CATALOG, bound_to

IN, OUT = "archiving/in", "archiving/out"


def staged(pk: UUID, way: str) -> Path:
    """Of an archived copy (IN) or of its retrieval (OUT); unbound, or bound to the catalog."""
    with bound_to(CATALOG):
        path = Path(default_storage.path(f"{way}/{pk}.zip.age"))
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    return path


def left(way: str) -> dict[UUID, Path]:
    """All that lies there."""
    with bound_to(CATALOG):
        folder = Path(default_storage.path(way))
    return {UUID(path.name.partition(".")[0]): path for path in folder.glob("*.zip.age")}
