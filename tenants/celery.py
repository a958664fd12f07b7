"""Celery that never works for nobody: a task carries its tenant in, and runs bound to it."""

from typing import Any
from uuid import uuid4

from celery import Celery, Task
from celery.beat import PersistentScheduler, ScheduleEntry
from celery.result import AsyncResult

from tenants.binding import CATALOG, bound_to
from tenants.envelopes import HEADER, open_envelope, seal


class TenantTask(Task):  # type: ignore[misc]
    """Opens its envelope and binds before it runs. Called as a plain function it runs where the caller is bound.

    Enforced here and not in a signal handler: Celery logs an exception of those and goes on.
    """

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        request = self.request
        if request.called_directly or request.is_eager:
            return self.run(*args, **kwargs)
        body = (request.args, request.kwargs)
        target = open_envelope(request.get(HEADER), self.name, request.id, body)
        with bound_to(target):
            return self.run(*args, **kwargs)


class UnboundTask(TenantTask):
    """Work on databases as their owner: it binds itself, once its envelope proves that the platform sent it."""

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        request = self.request
        if not (request.called_directly or request.is_eager):
            body = (request.args, request.kwargs)
            if open_envelope(request.get(HEADER), self.name, request.id, body) is not CATALOG:
                raise PermissionError(f"{self.name} is the platform's: a tenant can't ask for it.")
        return self.run(*args, **kwargs)


class AmanaCelery(Celery):  # type: ignore[misc]
    """Every message leaves through `send_task`, and each is sealed there for who is bound."""

    task_cls = TenantTask

    def send_task(
        self, name: str, args: Any = None, kwargs: Any = None, task_id: str | None = None, **options: Any
    ) -> AsyncResult[Any]:
        task_id = task_id or str(uuid4())
        envelope = seal(name, task_id, args or (), kwargs or {})
        headers = {**(options.pop("headers", None) or {}), HEADER: envelope}
        return super().send_task(name, args, kwargs, task_id=task_id, headers=headers, **options)


class CatalogScheduler(PersistentScheduler):  # type: ignore[misc]
    """Beat, which speaks for the platform: what it sends is bound to the catalog."""

    def apply_async(self, entry: ScheduleEntry, *args: Any, **kwargs: Any) -> Any:
        with bound_to(CATALOG):
            return super().apply_async(entry, *args, **kwargs)
