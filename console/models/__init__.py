"""What operators ask for that somebody else must agree to; in the catalog."""

from console.models.break_glass import BreakGlass
from console.models.owner_recovery import OwnerRecovery

__all__ = ["BreakGlass", "OwnerRecovery"]
