"""What is held against a copy: who found it, what that outweighs, and that the log is told; all of it in one place."""

from uuid import UUID

from audit.recording import record
from backups.models import Backup

TABLE = Backup._meta.db_table
# They begin what stands on the copy. What verifying found in the stored bytes it may take back; what was found inside
# of them nothing but a drill that passes.
IN_STORAGE = "In the storage: "
IN_A_DRILL = "In a drill: "
IN_A_RESTORE = "In a restore: "


def is_of_bytes(damage: str) -> bool:
    """Whether it is wrong with what is stored, as far as anybody knows, and not with what is inside."""
    return damage.startswith(IN_STORAGE)


def hold_against(row: Backup, found: str, words: str) -> None:
    """From now on it counts as good no more. `row` is locked; `found`: how its damage begins. In the catalog."""
    if found != IN_STORAGE or not row.damage or is_of_bytes(row.damage):
        row.damage = found + words
    row.save(update_fields=["damage", "drilled_at"])
    record(
        "backups.verified",
        "failed",
        subject=TABLE,
        object_id=row.pk,
        tenant=row.whose,
        copy=row.name,
        why=words,
    )


def convict(backup: UUID, found: str, words: str) -> None:
    """By who tried to restore it: no earlier drill speaks for it any more, either. In a transaction, in the catalog."""
    rows = Backup.objects.select_related("tenant").select_for_update(of=("self",), no_key=True)
    row: Backup = rows.get(pk=backup)
    row.drilled_at = None
    hold_against(row, found, words)
