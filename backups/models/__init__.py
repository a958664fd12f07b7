"""What is kept of every tenant: when copies are due, which there are, who can open them, and what drills proved."""

from backups.models.archives import ArchivedCopy, Retrieval
from backups.models.claims import Claimed, ClaimedQuerySet
from backups.models.copies import Backup
from backups.models.drills import Drill, DrillStep
from backups.models.policies import Policy, Tier
from backups.models.pulses import Pulse
from backups.models.recovery_keys import RecoveryKey
from backups.models.restores import Restore
from backups.models.unclaimed import UnclaimedCopy

__all__ = [
    "ArchivedCopy",
    "Backup",
    "Claimed",
    "ClaimedQuerySet",
    "Drill",
    "DrillStep",
    "Policy",
    "Pulse",
    "RecoveryKey",
    "Restore",
    "Retrieval",
    "Tier",
    "UnclaimedCopy",
]
