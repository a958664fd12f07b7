"""Which of the copies the schedule proves: mostly the newest, and now and then one that has been lying for long."""

import secrets

from backups.models import Backup, Drill

OLDER_EVERY = 3  # of somebody's scheduled drills, one is of an older copy


def in_turn(newest: Backup) -> Backup:
    """It, or after two that have passed an older good one, drawn by lot: a weekly one must open like a new one.

    Those that no drill has proven are drawn first. Bound to the catalog.
    """
    passed = Drill.objects.passed().filter(tenant=newest.tenant_id, is_scheduled=True).count()
    if passed % OLDER_EVERY != OLDER_EVERY - 1:
        return newest
    older = Backup.objects.good().filter(tenant=newest.tenant_id).exclude(pk=newest.pk)
    unproven = [*older.filter(drilled_at=None).values_list("pk", flat=True)]
    keys = unproven or [*older.values_list("pk", flat=True)]
    drawn: Backup = Backup.objects.get(pk=secrets.choice(keys)) if keys else newest
    return drawn
