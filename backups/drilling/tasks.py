"""Planned and signed by `control`, carried out by `drill`; beat only ticks."""

from celery import shared_task

from backups.drilling.planning import plan, sign_identities
from backups.drilling.running import is_any_waiting, run_next
from backups.drilling.sending import go_on
from tenants.celery import UnboundTask


@shared_task(base=UnboundTask)
def plan_drills() -> None:
    """Each minute: who is due, and whatever a lost message or a killed worker left."""
    plan()
    _hand_over()


@shared_task(base=UnboundTask)
def prepare_drills() -> None:
    """Somebody has asked for one just now."""
    _hand_over()


def _hand_over() -> None:
    sign_identities()
    if is_any_waiting():
        go_on()


@shared_task(base=UnboundTask)
def run_next_drill() -> None:
    """One a task, so that none of them holds a message for long."""
    if run_next() is not None and is_any_waiting():
        go_on()
