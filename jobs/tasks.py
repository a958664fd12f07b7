"""What a worker is asked for: one job, or the sweep of all."""

import logging
from typing import Any
from uuid import UUID

from celery import shared_task

from jobs.running import carry_out
from jobs.sweeping import sweep
from tenants.celery import TenantTask, UnboundTask
from tenants.exceptions import ForgedEnvelope, TenantUnavailable

logger = logging.getLogger(__name__)


class JobTask(TenantTask):
    """Opens its envelope as every task does, and leaves the binding to the job: some work outside of any."""

    def __call__(self, *args: Any, **_: Any) -> None:
        try:
            target = self.sent_for()
        except TenantUnavailable as refusal:
            logger.info("%s Job %s waits until it is.", refusal, args[0])
            return
        if target is None:
            raise ForgedEnvelope("A job is done from a message, never called.")
        with self.acting(target):
            carry_out(target, UUID(args[0]))


@shared_task(base=JobTask)
def run_job(_job_id: str) -> None:
    """Taken and done by JobTask: a message that comes twice finds nothing to do."""


@shared_task(base=UnboundTask)
def sweep_jobs() -> None:
    """Each minute: nothing is lost with a broker, and nothing stays "running" with a worker that died."""
    sweep()
