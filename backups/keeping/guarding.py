"""Why a copy must stay: each reason in words, or none."""

from uuid import UUID

from django.utils.translation import gettext as _

from backups.models import Backup, Drill, Restore
from tenants.models import TenantState

USING = [Drill.State.WAITING, Drill.State.RUNNING]


def reason_to_keep(backup: Backup) -> str:
    """Bound to the catalog; empty where it may go."""
    if not backup.is_stored:
        return _("There is no such copy in the storage: it was never finished, or was removed.")
    if backup.is_held:
        return _("It is on hold: release it first.")
    if backup.drills.filter(state__in=USING).exists():
        return _("A drill is using it.")
    if backup.restores.filter(state__in=Restore.OPEN).exists():
        return _("A restore needs it, or was asked for.")
    if backup.pk in last_good(backup):
        return _("It is the last good copy: take another one and verify it first.")
    return ""


def last_good(backup: Backup) -> set[UUID]:
    """The copies of the same tenant that are never removed: its newest, the newest verified, the newest drilled.

    To remove an older one changes nothing about which these are, so that two may be removed at once.

    Where no good one is left, all stay: a damaged copy is more than none. A closed tenant's go by rotation, to the
    last one (GS-061).
    """
    if backup.tenant is not None and backup.tenant.state == TenantState.CLOSED:
        return set()
    siblings = Backup.objects.stored().filter(tenant=backup.tenant_id).newest_first()
    good = siblings.filter(damage="")
    proven = (good, good.exclude(verified_at=None), good.exclude(drilled_at=None))
    newest = {each.values_list("pk", flat=True).first() for each in proven} - {None}
    return newest or {*siblings.values_list("pk", flat=True)}  # type: ignore[return-value]
