"""Months: made ahead, emptied of strays, and dropped once their retention has ended (AR-031: 24 months at least)."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.utils import timezone
from psycopg import Connection, errors

from audit.batches import Header, month_after

LEAST = 24
AHEAD = 3
CLOCKS_DIFFER = timedelta(minutes=5)


def retention() -> int:
    """Months that the log is kept after the month in which it was written. Raises ImproperlyConfigured below 24."""
    months = int(settings.AMANA_ACTIVITY_MONTHS)
    if months < LEAST:
        raise ImproperlyConfigured(f"AMANA_ACTIVITY_MONTHS is {months}: activity is kept for {LEAST} months.")
    return months


def is_kept_long_enough(drop: Header) -> bool:
    """Whether a batch that announces the end of a month does so in time, and not by a clock set forward."""
    earliest = month_after(drop.month, 1 + LEAST)
    return earliest <= drop.sealed_at <= timezone.now() + CLOCKS_DIFFER


def keep_months(connection: Connection[Any]) -> int:
    """Make months ahead and move strays to theirs; returns how many strays are left."""
    try:
        connection.execute("SELECT audit.keep_months(%s)", [AHEAD])
    except errors.LockNotAvailable:
        """Somebody reads or writes for long: the next round tries again, and says meanwhile what is left."""
    row = connection.execute("SELECT audit.strays(1000)").fetchone()
    return int(row[0]) if row else 0


def ended_months(connection: Connection[Any]) -> list[date]:
    """The months that stand in the database although their retention has ended, oldest first."""
    query = """
        SELECT substr(relname, 7) FROM pg_inherits JOIN pg_class ON pg_class.oid = inhrelid
        WHERE inhparent = 'audit.event'::regclass AND relname ~ '^event_[0-9]{4}_[0-9]{2}$' ORDER BY 1"""
    names = [name for (name,) in connection.execute(query).fetchall()]
    months = [datetime.strptime(name, "%Y_%m").replace(tzinfo=UTC).date() for name in names]
    return [month for month in months if month_after(month, 1 + retention()) <= timezone.now()]


def drop_month(connection: Connection[Any], month: date) -> None:
    """For good. PostgreSQL itself refuses where it is too early, unannounced, or where an event isn't sealed."""
    connection.execute("SELECT audit.drop_month(%s)", [month])
