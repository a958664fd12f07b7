"""What a drill makes of its copy: proven, or good no more until another drill or a proof of its bytes says so."""

from enum import Enum

from backups.keeping.verifying import FOUND, record_damage
from backups.models import Backup, Drill

FOUND_IN_A_DRILL = "In a drill: "


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
    if about is About.MACHINE:
        return
    row: Backup = (
        Backup.objects.select_related("tenant")
        .select_for_update(of=("self",), no_key=True)
        .get(pk=drill.backup_id)
    )
    begins = FOUND if about is About.OBJECTS else FOUND_IN_A_DRILL
    if about is About.COPY or not row.damage.startswith(FOUND_IN_A_DRILL):
        row.damage = begins + says
    row.drilled_at = None
    row.save(update_fields=["damage", "drilled_at"])
    record_damage(row, says)
