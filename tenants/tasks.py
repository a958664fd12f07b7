"""What the queue `control` does: the only process that holds the provisioner's credential."""

import logging
from datetime import timedelta
from uuid import UUID

from celery import shared_task
from django.utils import timezone

from tenants.binding import CATALOG, bound_to
from tenants.carrying_out import carry_out
from tenants.celery import UnboundTask
from tenants.control import carry_out_run
from tenants.isolation import check_fleet
from tenants.measuring import measure_fleet
from tenants.models import Operation

logger = logging.getLogger(__name__)


@shared_task(base=UnboundTask)
def run_command(run_id: str) -> None:
    """A command that somebody typed where the provisioner's credential isn't."""
    carry_out_run(UUID(run_id))


@shared_task(base=UnboundTask)
def resume_operations() -> None:
    """Pick up what a killed worker or a lost message left undone for a minute."""
    for operation_id in _left_behind():
        try:
            carry_out(operation_id)
        except Exception:
            logger.exception("Operation %s failed again; its page says why.", operation_id)


def _left_behind() -> list[UUID]:
    states = [Operation.State.QUEUED, Operation.State.RUNNING]
    patience = timezone.now() - timedelta(minutes=1)
    with bound_to(CATALOG):
        waiting = Operation.objects.filter(state__in=states, requested_at__lt=patience)
        return [*waiting.values_list("pk", flat=True)]


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
