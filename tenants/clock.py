"""What time it is where the catalog lives: one clock for all workers, however wrong their own is."""

from datetime import datetime

from tenants.binding import bound_connection, in_catalog


def time_of_catalog() -> datetime:
    """Of its server, whatever is bound."""
    return in_catalog(_read)


def _read() -> datetime:
    with bound_connection().cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        found: datetime = cursor.fetchone()[0]
    return found
