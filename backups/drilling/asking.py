"""What people ask of drills: start one, stop it, sign off what it found."""

import secrets

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from audit.recording import record
from backups.drilling.reporting import is_genuine
from backups.drilling.sending import begin_soon
from backups.exceptions import DrillRefused
from backups.models import Backup, Drill
from backups.owners import short_name
from backups.persons import is_proven, is_same_person
from tenants.models import Tenant

TABLE = "backups_drill"
START = "platform.drill:start"


def latest_copy(tenant: Tenant | None) -> Backup:
    """Bound to the catalog. Raises DrillRefused where there is none."""
    found: Backup | None = Backup.objects.stored().filter(tenant=tenant).order_by("-snapshot_at").first()
    if found is None:
        raise DrillRefused(_("There is no copy of this one yet: take one first."))
    return found


def random_copy(tenant: Tenant | None) -> Backup:
    """Any that is kept, each as likely: an old one must open like a new one. Raises DrillRefused."""
    keys = [*Backup.objects.stored().filter(tenant=tenant).values_list("pk", flat=True)]
    if not keys:
        return latest_copy(tenant)
    drawn: Backup = Backup.objects.get(pk=secrets.choice(keys))
    return drawn


@transaction.atomic
def ask_for(backup: Backup, by: str) -> Drill:
    """A drill of that copy as soon as the worker is free, bound to the catalog; `by`: as the log names them.

    Raises DrillRefused where it isn't stored any more or is being drilled.
    """
    backup = Backup.objects.select_for_update(of=("self",)).select_related("tenant").get(pk=backup.pk)
    if not backup.is_stored:
        raise DrillRefused(_("This copy isn't in the storage: choose another."))
    if Drill.objects.unfinished().filter(backup=backup).exists():
        raise DrillRefused(_("A drill of this copy is on its way already."))
    era = int(backup.manifest.get("era", 1))
    drill = Drill.objects.create(
        tenant=backup.tenant, backup=backup, era=era, is_scheduled=False, requested_by=by
    )
    record("backups.drill_asked", subject=TABLE, object_id=drill.pk, tenant=short_name(drill.tenant))
    transaction.on_commit(begin_soon)
    return drill


@transaction.atomic
def stop(drill: Drill, by: str) -> None:
    """What waits ends at once; what runs is broken off, and cleans up. Raises DrillRefused where it is over."""
    drill.refresh_from_db(from_queryset=Drill.objects.select_for_update(of=("self",)))
    if drill.is_over:
        raise DrillRefused(_("This drill is over: there is nothing to stop."))
    now = timezone.now()
    drill.stop_requested_at = drill.stop_requested_at or now
    drill.error = f"It was stopped by {by}."
    if drill.state == Drill.State.WAITING:
        drill.state, drill.finished_at = Drill.State.FAILED, now
    drill.save(update_fields=["stop_requested_at", "error", "state", "finished_at"])
    record("backups.drill_stopped", subject=TABLE, object_id=drill.pk, tenant=short_name(drill.tenant))


@transaction.atomic
def sign_off(drill: Drill, by: str) -> None:
    """Somebody else than who asked for it has read the report. Raises DrillRefused."""
    drill.refresh_from_db(from_queryset=Drill.objects.select_for_update(of=("self",)))
    if not drill.signed_text:
        raise DrillRefused(_("There is no report yet: it is signed off once the drill is over."))
    if drill.signed_off_at:
        raise DrillRefused(_("This report is signed off already."))
    if not is_genuine(drill.signed_text, bytes(drill.signature)):
        raise DrillRefused(_("This report isn't as it was signed: find out why, and drill this copy anew."))
    if unfit := unfit_to_sign(drill, by):
        raise DrillRefused(unfit)
    drill.signed_off_by, drill.signed_off_at = by, timezone.now()
    drill.save(update_fields=["signed_off_by", "signed_off_at"])
    record("backups.drill_signed_off", subject=TABLE, object_id=drill.pk, tenant=short_name(drill.tenant))


def unfit_to_sign(drill: Drill, by: str) -> str:
    """Why not: "" where `by` has proved to be somebody else than who asked for it, or where the schedule did."""
    if not has_known_asker(drill):
        return _(
            "Nobody has proved who asked for this drill, so nobody can be the second person to sign it off."
        )
    if not is_proven(by) or is_same_person(drill.requested_by, by):
        return _("Whoever asked for a drill doesn't sign it off: a second person must.")
    return ""


def has_known_asker(drill: Drill) -> bool:
    return not drill.requested_by or is_proven(drill.requested_by)
