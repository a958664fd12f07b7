"""One at a time, whichever process: for what must look and then write."""

from tenants.binding import bound_connection

LOCK = "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))"


def alone_with(what: str) -> None:
    """From here to the end of the transaction, bound to the catalog; who comes later waits."""
    with bound_connection().cursor() as cursor:
        cursor.execute(LOCK, [what])
