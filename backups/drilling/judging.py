"""What a drill makes of its copy: proven, or good no more until another drill or a proof of its bytes says so."""

from enum import Enum

from backups.keeping import damage
from backups.models import Backup, Drill


class About(Enum):
    """What a failed step speaks of."""

    MACHINE = "machine"  # whoever carries it out: its keys, its disk, its code, its promises
    OBJECTS = "objects"  # the bytes that are stored: verifying could prove them good, too
    COPY = "copy"  # what is in them: nothing but another drill proves it good


def acquit(drill: Drill) -> None:
    """Proven. What was held against it when this drill began is taken back, and nothing that was found since."""
    copies = Backup.objects.filter(pk=drill.backup_id)
    copies.update(drilled_at=drill.finished_at)
    copies.filter(damage=drill.backup.damage).update(damage="")


def convict(drill: Drill, about: About, says: str) -> None:
    """From now on it counts as good no more, and no earlier drill speaks for it. In a transaction, in the catalog."""
    if about is not About.MACHINE:
        found = damage.IN_STORAGE if about is About.OBJECTS else damage.IN_A_DRILL
        damage.convict(drill.backup_id, found, says)
