"""Operations: asked for in the catalog, carried out by who holds the provisioner's credential."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Protocol
from uuid import UUID

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from tenants.binding import CATALOG, bound_to
from tenants.exceptions import TenantUnavailable, WorkerEnds
from tenants.models import Operation, Step, Tenant, TenantState
from tenants.provisioner import exclusively

REQUESTED = {
    Operation.Kind.PROVISION: gettext_noop("provision requested"),
    Operation.Kind.CLOSE: gettext_noop("close requested"),
    Operation.Kind.RESTORE: gettext_noop("restore begun"),
    Operation.Kind.SWAP: gettext_noop("swap begun"),
}
RESTORING = (Operation.Kind.RESTORE, Operation.Kind.SWAP)
A_MINUTE = timedelta(minutes=1)


class StepFunction(Protocol):
    title: str

    def __call__(self, operation: Operation) -> None: ...


def step(title: str) -> Callable[[Callable[[Operation], None]], StepFunction]:
    """Name a step of an operation in the words that people see while it runs."""

    def name(function: Callable[[Operation], None]) -> StepFunction:
        function.title = title  # type: ignore[attr-defined]
        return function  # type: ignore[return-value]

    return name


def steps_of(kind: str) -> list[StepFunction]:
    """The steps that `config` lists for this kind of operation."""
    return [import_string(path) for path in settings.AMANA_STEPS[kind]]


def request(kind: Operation.Kind, tenant: Tenant, actor: str, **details: str) -> Operation:
    """Write the operation down with its steps, bound to the catalog; asked again, resume the one not done.

    Whoever asks carries it out, or starts a job that does; what nobody works on, beat finds within a minute.
    """
    with transaction.atomic():
        now = Tenant.objects.select_for_update().get(pk=tenant.pk)
        unfinished = now.operations.filter(kind=kind).exclude(state=Operation.State.DONE).first()
        begun = now.state == TenantState.PROVISIONING or unfinished
        if kind == Operation.Kind.CLOSE:
            _refuse_while_restoring(now)
        if kind == Operation.Kind.PROVISION and (now.is_ending or not begun):
            raise TenantUnavailable(
                _("%(tenant)s isn't being set up: there is nothing to resume.") % {"tenant": tenant}
            )
        operation = unfinished or _write_down(kind, tenant, actor, **details)
        operation.queue()
    return operation


def _refuse_while_restoring(tenant: Tenant) -> None:
    """Who closes it would wait for the restore's lock, and every other tenant's setting up behind that."""
    going_on = tenant.operations.filter(kind__in=RESTORING, state=Operation.State.RUNNING)
    if going_on.exists():
        raise TenantUnavailable(
            _("%(tenant)s is being restored: wait until that has ended.") % {"tenant": tenant}
        )


def _write_down(kind: Operation.Kind, tenant: Tenant, actor: str, **details: str) -> Operation:
    operation = Operation.objects.create(kind=kind, tenant=tenant, requested_by=actor, **details)
    Step.objects.bulk_create(
        Step(operation=operation, position=position, title=function.title)
        for position, function in enumerate(steps_of(kind))
    )
    tenant.note(REQUESTED[kind], actor)
    return operation


def carry_out(
    operation_id: UUID,
    tell: Callable[[Step], None] | None = None,
    check: Callable[[Operation], None] = lambda _: None,
) -> Operation:
    """Run what isn't done yet, unbound, one process at a time; `tell` hears of each step when it is done.

    A failure is kept on the operation in words, and raised; where a step or `check`, which is asked before each, raises
    WorkerEnds, it waits for another worker.
    """
    with exclusively(f"tenant {_tenant_of(operation_id)}"):
        operation = _begin(operation_id)
        if operation.is_over:
            return operation
        try:
            for function, row in _unfinished(operation):
                check(operation)
                _run(function, row, operation)
                if tell:
                    tell(row)
        except WorkerEnds:
            with bound_to(CATALOG):
                operation.put_back()
            raise
        except Exception as error:
            with bound_to(CATALOG):
                operation.fail(in_words(error))
            raise
        with bound_to(CATALOG):
            operation.finish()
            operation.tenant.refresh_from_db(fields=["state"])
    return operation


def left_behind(kinds: tuple[Operation.Kind, ...]) -> list[UUID]:
    """Operations of these kinds that nobody may be working on: queued or running since a minute or longer.

    By the catalog's clock; one that was asked for where a clock runs ahead waits for no moment that is to come.
    """
    states = [Operation.State.QUEUED, Operation.State.RUNNING]
    since = Q(requested_at__lt=Now() - A_MINUTE) | Q(requested_at__gt=Now() + A_MINUTE)
    with bound_to(CATALOG):
        waiting = Operation.objects.filter(since, kind__in=kinds, state__in=states)
        return [*waiting.values_list("pk", flat=True)]


def in_words(error: Exception) -> str:
    """The first line says what is wrong; what follows may be a statement with its values."""
    return str(error).strip().partition("\n")[0] or type(error).__name__


def _tenant_of(operation_id: UUID) -> UUID:
    with bound_to(CATALOG):
        return Operation.objects.values_list("tenant", flat=True).get(pk=operation_id)


def _begin(operation_id: UUID) -> Operation:
    """Under a lock: a closing that puts an end to it at the same moment must not be overwritten."""
    rows = Operation.objects.select_related("tenant__server").select_for_update(of=("self",))
    with bound_to(CATALOG), transaction.atomic():
        operation = rows.get(pk=operation_id)
        if not operation.is_over:
            operation.start()
        return operation


def _unfinished(operation: Operation) -> Iterator[tuple[StepFunction, Step]]:
    with bound_to(CATALOG):
        rows = [*operation.steps.all()]
    for function, row in zip(steps_of(operation.kind), rows, strict=True):
        if row.finished_at is None:
            yield function, row


def _run(function: StepFunction, row: Step, operation: Operation) -> None:
    with _progress():
        row.begin()
    function(operation)
    with _progress():
        row.end()


@contextmanager
def _progress() -> Iterator[None]:
    """Written without waiting for the disk: what a power cut takes away is at most the memory of a step, and a step
    done twice is a step done once.
    """
    with bound_to(CATALOG), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL synchronous_commit TO off")
        yield
