"""Celery that never works for nobody: a task carries its tenant in, and runs bound to it."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import Any
from uuid import uuid4

from celery import Celery, Task
from celery._state import get_current_worker_task
from celery.beat import PersistentScheduler, ScheduleEntry
from celery.result import AsyncResult
from celery.utils.functional import maybe_list
from django.conf import settings
from django.utils.translation import override
from kombu.exceptions import OperationalError
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import TimeoutError as RedisTimeoutError

from tenants.attribution import attribution
from tenants.binding import CATALOG, Bindable, bound_to, is_bound
from tenants.envelopes import HEADER, open_envelope, seal
from tenants.exceptions import ForgedEnvelope

# What sending a task raises while the broker is gone or frozen; the message may still arrive once it is back.
BROKER_AWAY = (OperationalError, RedisConnectionError, RedisTimeoutError)


class TenantTask(Task[Any, Any]):
    """Opens its envelope and binds before it runs. Called as a plain function it runs where the caller is bound.

    Enforced here and not in a signal handler: Celery logs an exception of those and goes on.
    """

    Request = "tenants.acknowledging:TenantRequest"

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        target = self.sent_for()
        with self.language(), self.acting(target), bound_to(target) if target else nullcontext():
            return self.run(*args, **kwargs)

    def acting(self, target: Bindable | None) -> AbstractContextManager[None]:
        """Who acts is in the envelope, which is proved; called by us, the caller does."""
        if target is None:
            return nullcontext()
        return attribution().of_task(self.name, self.request.get(HEADER)["actor"])

    def language(self) -> AbstractContextManager[None]:
        """A task speaks the settings' language, and not that of whoever this worker did something for before."""
        return nullcontext() if self.request.called_directly else override(settings.LANGUAGE_CODE)

    def sent_for(self) -> Bindable | None:
        """Whom the envelope names, once it is proved; None for a plain call. Raises ForgedEnvelope.

        A message can claim to be eager; what is called by us, eagerly or plainly, has its caller's binding.
        """
        request = self.request
        if request.called_directly or (request.is_eager and is_bound()):
            return None
        followers = _followers(request.callbacks, request.errbacks, request.chain, request.chord)
        body = (request.args, request.kwargs, followers)
        return open_envelope(request.get(HEADER), self.name, str(request.id), body)


class UnboundTask(TenantTask):
    """Work on databases as their owner: it binds itself, once its envelope proves that the platform sent it."""

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        target = self.sent_for()
        if target not in (None, CATALOG):
            raise ForgedEnvelope(f"{self.name} is the platform's: a tenant can't ask for it.")
        with self.language(), self.acting(target):
            return self.run(*args, **kwargs)


class AmanaCelery(Celery):
    """Every message leaves through `send_task`, and each is sealed there for who is bound."""

    def send_task(  # type: ignore[override]
        self, name: str, args: Any = None, kwargs: Any = None, task_id: str | None = None, **options: Any
    ) -> AsyncResult[Any]:
        task_id = task_id or str(uuid4())
        followers = _followers(*map(options.get, ("link", "link_error", "chain", "chord")))
        with _on_behalf():
            envelope = seal(name, task_id, (args or (), kwargs or {}, followers))
        headers = {**(options.pop("headers", None) or {}), HEADER: envelope}
        return super().send_task(name, args, kwargs, task_id=task_id, headers=headers, **options)


def _followers(*groups: Any) -> list[Any]:
    """Callbacks, errbacks, chain and chord: what the task will send on its tenant's behalf, so sealed with it."""
    return [maybe_list(group) or None for group in groups]


@contextmanager
def _on_behalf() -> Iterator[None]:
    """What follows a task (the next of its chain, a callback) is sent when it has unbound already: for the same tenant,
    and for whoever it acted for.
    """
    task = None if is_bound() else get_current_worker_task()
    if not isinstance(task, TenantTask):
        yield
        return
    target = task.sent_for()
    with task.acting(target), bound_to(target) if target else nullcontext():
        yield


class CatalogScheduler(PersistentScheduler):
    """Beat, which speaks for the platform: what it sends is bound to the catalog."""

    def apply_async(self, entry: ScheduleEntry, *args: Any, **kwargs: Any) -> Any:
        with bound_to(CATALOG):
            return super().apply_async(entry, *args, **kwargs)
