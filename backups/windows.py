"""When copies may begin next."""

from datetime import UTC, datetime, timedelta

from django.utils import timezone

from backups.models import Policy


def next_window(policy: Policy) -> tuple[datetime, datetime]:
    """When the window opens and closes (UTC): the one that is open now, or else the next."""
    now = timezone.now()
    length = timedelta(minutes=policy.window_minutes)
    opens = datetime.combine(now.date() - timedelta(days=1), policy.window_opens, UTC)
    while opens + length <= now:
        opens += timedelta(days=1)
    return opens, opens + length
