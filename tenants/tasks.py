"""What the queue `control` does: the only process that holds the provisioner's credential."""

import logging
from uuid import UUID

from celery import shared_task

from tenants.carrying_out import carry_out, left_behind
from tenants.celery import UnboundTask
from tenants.control import carry_out_run
from tenants.isolation import check_fleet
from tenants.measuring import measure_fleet
from tenants.models import Operation

logger = logging.getLogger(__name__)
KINDS = (Operation.Kind.PROVISION, Operation.Kind.CLOSE)  # what is restored is the worker restore's


@shared_task(base=UnboundTask)
def run_command(run_id: str) -> None:
    """A command that somebody typed where the provisioner's credential isn't."""
    carry_out_run(UUID(run_id))


@shared_task(base=UnboundTask)
def resume_operations() -> None:
    """Pick up what a killed worker or a lost message left undone for a minute."""
    for operation_id in left_behind(KINDS):
        try:
            carry_out(operation_id)
        except Exception:
            logger.exception("Operation %s failed again; its page says why.", operation_id)


@shared_task(base=UnboundTask)
def measure_tenants() -> None:
    """Note each tenant's size and last sign-in for the console."""
    measure_fleet()


@shared_task(base=UnboundTask)
def check_isolation() -> None:
    """Nightly: every wall of every tenant, drift repaired where it can be."""
    for finding in check_fleet(repair=True):
        if not finding.held:
            logger.error("Isolation of %s: %s: %s", finding.subject, finding.wall, finding.outcome)
