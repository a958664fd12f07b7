"""Security events, written on the connection that is bound, never lost with what they happened in."""

import json
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db import OperationalError, connection, transaction

from audit.context import Acting, acting_like, acting_now
from audit.events import Outcome, kind_of
from tenants.binding import CATALOG, bound_connection, bound_to

logger = logging.getLogger(__name__)

RECORD = "SELECT activity_api.record(%s, %s, %s, %s, %s::jsonb)"


@dataclass(frozen=True)
class Recorded:
    """An event, and who acted when it was recorded."""

    kind: str
    outcome: Outcome
    subject: str | None
    object_id: str | None
    details: Mapping[str, str | int]
    acting: Acting


def record(
    kind: str, outcome: Outcome = "done", *, subject: str = "", object_id: object = None, **details: str | int
) -> None:
    """Write an event into the log of who is bound: now, or, inside a transaction, when the outermost block ends.

    It ends by commit or rollback, or with its connection; the event is written all the same, on the same connection
    or the one that replaces it, with the actor, request, address and reason of this moment. What was done in a block
    that was then rolled back is written as failed, since nothing of it remains.

    `subject` is a table, `object_id` the key of a row in it. `details` are those that the event's sentence names.
    Raises UnknownEvent, WrongDetails, NoTenantBound; LookupError where nobody acts. Where the log can't be written
    it says so in the application's log and raises, here or at the end of the block: what leaves no trace is not
    reported as done.
    """
    kind_of(kind).check(outcome, details)
    key = None if object_id is None else str(object_id)
    made = Recorded(kind, outcome, subject or None, key, details, acting_now())
    bound_connection().when_block_ends(_write, made)


def _write(ended: list[tuple[Recorded, bool]]) -> None:
    try:
        with transaction.atomic(using=bound_connection().alias), connection.cursor() as cursor:
            for made, kept in ended:
                with acting_like(made.acting):
                    cursor.execute(RECORD, _arguments(made, kept=kept))
    except Exception as error:
        kinds = ", ".join(made.kind for made, _ in ended)
        known = isinstance(error, OperationalError)  # the server is away: where in our code tells nothing
        logger.error("Not in the activity log: %s", kinds, exc_info=not known)
        raise


def _arguments(made: Recorded, *, kept: bool) -> list[Any]:
    outcome = "failed" if made.outcome == "done" and not kept else made.outcome
    details = json.dumps(made.details) if made.details else None
    return [made.kind, outcome, made.subject, made.object_id, details]


def record_in_catalog(
    kind: str, outcome: Outcome = "done", *, subject: str = "", object_id: object = None, **details: str | int
) -> None:
    """`record` in the platform's own log; nobody or the catalog is bound. Raises BoundElsewhere otherwise."""
    with bound_to(CATALOG):
        record(kind, outcome, subject=subject, object_id=object_id, **details)
