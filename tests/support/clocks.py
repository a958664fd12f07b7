"""A process whose own clock is wrong, while that of PostgreSQL is right."""

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone


def astray(patch: pytest.MonkeyPatch, jump: timedelta) -> None:
    """From now on this process takes it for so much later, or earlier."""
    patch.setattr(timezone, "now", lambda: datetime.now(UTC) + jump)
