"""What operators ask for that somebody else must agree to; in the catalog."""

from console.models.break_glass import BreakGlass

__all__ = ["BreakGlass"]
