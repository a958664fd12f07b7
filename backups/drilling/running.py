"""The drill worker's turn: the next drill, if there is one."""

import logging

from backups.drilling.engine import carry_out
from backups.exceptions import LeaseLost
from backups.models import Drill
from backups.scheduling.stopping import is_stopping
from tenants.binding import CATALOG, bound_to

logger = logging.getLogger(__name__)


def run_next() -> Drill | None:
    """Claim one and carry it out; None where there was none, or the worker ends. Several ask: each gets another."""
    if is_stopping():
        return None
    with bound_to(CATALOG):
        drill = Drill.objects.may_begin().select_related("tenant").take()
    if drill is not None:
        run(drill)
    return drill


def run(drill: Drill) -> None:
    """One that is claimed."""
    try:
        carry_out(drill)
    except LeaseLost:
        logger.warning("Drill %s was taken over by another worker.", drill.pk)


def is_any_waiting() -> bool:
    with bound_to(CATALOG):
        return bool(Drill.objects.may_begin().claimable().exists())
