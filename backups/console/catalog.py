"""The catalog among the copies: it has no tenant's row, and is judged like one."""

from django.utils import timezone

from backups.console.standing import ENDED, Row, Standing
from backups.models import Backup, Drill
from backups.targets import DRILLED, FRESH


def catalog_row() -> Row:
    copies = Backup.objects.good().filter(tenant=None).defer("manifest")
    drills = Drill.objects.filter(tenant=None, state__in=ENDED).defer("report").order_by("-finished_at")
    newest, drill = copies.newest_first().first(), drills.first()
    return Row(None, _standing(newest, drill), newest, drill)


def _standing(newest: Backup | None, drill: Drill | None) -> str:
    """As tenants are judged, by the newest good copy and the last drill."""
    now = timezone.now()
    if newest is None or newest.snapshot_at is None:
        return Standing.NONE
    if newest.snapshot_at < now - FRESH:
        return Standing.OLD
    if drill and drill.state == Drill.State.FAILED:
        return Standing.DISPROVEN
    if drill is None or not drill.finished_at or drill.finished_at < now - DRILLED:
        return Standing.UNDRILLED
    return Standing.WELL
