"""What beat asks for: that nothing of a visit is kept longer than it is of use."""

from celery import shared_task

from accounts.visits.sweeping import sweep
from tenants.celery import UnboundTask


@shared_task(base=UnboundTask)
def sweep_visits() -> None:
    """Each night."""
    sweep()
