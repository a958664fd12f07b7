"""The catalog among the copies: it has no tenant's row, and is judged like one."""

from django.utils import timezone

from backups.console.standing import Row, Standing
from backups.models import Backup, Drill
from backups.targets import DRILLED, FRESH


def catalog_row() -> Row:
    copies = Backup.objects.good().filter(tenant=None).defer("manifest")
    drills = Drill.objects.decided().filter(tenant=None).defer("report")
    newest, drill = copies.newest_first().first(), drills.first()
    return Row(None, _standing(newest, drill, drills.passed().first()), newest, drill)


def _standing(newest: Backup | None, drill: Drill | None, passed: Drill | None) -> str:
    """As tenants are judged, by the newest good copy and the last drill."""
    now = timezone.now()
    if newest is None or newest.snapshot_at is None:
        return Standing.NONE
    if newest.snapshot_at < now - FRESH:
        return Standing.OLD
    if Backup.objects.stored().filter(tenant=None).exclude(damage="").exists():
        return Standing.DAMAGED
    if drill and drill.has_failed:
        return Standing.DISPROVEN
    if passed is None or not passed.finished_at or passed.finished_at < now - DRILLED:
        return Standing.UNDRILLED
    return Standing.WELL
