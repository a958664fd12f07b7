"""A task's lines in the log name the request that it was sent in."""

import re
from typing import Any

from celery._state import get_current_task
from celery.result import AsyncResult

from audit.request_ids import request_id
from tenants.celery import AmanaCelery

HEADER = "amana_request"
UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


class CorrelatedCelery(AmanaCelery):
    """Each message says beside its envelope in which request it was sent: for the log alone, so nothing seals it."""

    def send_task(  # type: ignore[override]
        self, name: str, args: Any = None, kwargs: Any = None, task_id: str | None = None, **options: Any
    ) -> AsyncResult[Any]:
        sent_in = request_id() or request_of_task()
        if sent_in:
            options["headers"] = {**(options.get("headers") or {}), HEADER: sent_in}
        return super().send_task(name, args, kwargs, task_id=task_id, **options)


def current_task_id() -> str:
    """The number of the task that runs here; empty where none does."""
    return _number("id")


def request_of_task() -> str:
    """The request in which the task that runs here was sent, or the task that sent it, and so on; or empty."""
    return _number(HEADER)


def _number(name: str) -> str:
    """A message is whatever somebody put into the queue: what doesn't look like a number is none."""
    task = get_current_task()
    value = task.request.get(name) if task else None
    return value if isinstance(value, str) and UUID.fullmatch(value) else ""
