"""What beat and others ask of the worker `lending`, which opens wrapped identities as the drill worker does, and
of `control`.
"""

import logging

from celery import shared_task

from backups.exceptions import EndingRefused
from backups.living import alive, say_alive
from backups.models import Pulse, Restore
from backups.recovery_keys.checking import check_keys
from backups.recovery_keys.closed import end_of_closed
from backups.recovery_keys.escrow import escrow_what_is_new, expire_escrows
from backups.recovery_keys.lending import give_back_all, lend
from backups.recovery_keys.rotating import destroy_unneeded, rewrap_all
from tenants.binding import CATALOG, bound_to
from tenants.celery import UnboundTask

logger = logging.getLogger(__name__)


@shared_task(base=UnboundTask)
def say_lending_lives() -> None:
    """Each minute, by the worker `lending`, which may have nothing to do for months."""
    say_alive(Pulse.LENDING)


@shared_task(base=UnboundTask)
def lend_identity(restore_pk: str) -> None:
    """To the restore that is agreed to; redelivered or asked again, it was lent already."""
    with bound_to(CATALOG):
        restore = Restore.objects.select_related("tenant", "backup").filter(pk=restore_pk).first()
        if restore is not None:
            lend(restore)


@shared_task(base=UnboundTask)
def rewrap_keys() -> None:
    """For the recipients of today; what a killed worker left is found by the next one."""
    with alive(Pulse.LENDING):
        rewrap_all()


@shared_task(base=UnboundTask)
def check_recovery_keys() -> None:
    """Daily: each opens with the drill worker's key, and is the one that was signed."""
    with alive(Pulse.LENDING):
        troubled = check_keys()
    if troubled:
        logger.error("%s recovery keys can't be opened: the page of recovery keys says which.", troubled)


@shared_task(base=UnboundTask)
def escrow_recovery_keys() -> None:
    """Hourly: a copy of what the catalog's backup leaves out, where it is due or something is new."""
    if path := escrow_what_is_new():
        logger.info("The recovery keys were copied: %s", path.name)


@shared_task(base=UnboundTask)
def end_recovery_escrows() -> None:
    """Hourly: certificates rely on no copy being kept beyond its time."""
    try:
        ended = expire_escrows()
    except EndingRefused as refusal:
        logger.error("No copy of the recovery keys was ended: %s", refusal)
        return
    for path in ended:
        logger.info("A copy of the recovery keys has reached its end: %s", path.name)


@shared_task(base=UnboundTask)
def tidy_recovery_keys() -> None:
    """Hourly: what nobody needs any more: versions without a copy, what restores that are over had borrowed, and what
    was kept of closed customers for a hold.
    """
    with bound_to(CATALOG):
        give_back_all()
        try:
            destroy_unneeded("beat")
        except EndingRefused as refusal:
            logger.error("No recovery key was destroyed: %s", refusal)
    end_of_closed("beat")
