"""Between the two databases: a question goes to the tenant, what became of it comes back. One after the other."""

from uuid import UUID

from accounts.support.asking import Answer, bring_in_step
from console.break_glass.requesting import withdraw
from console.break_glass.telling import tell
from console.models import BreakGlass
from console.models.break_glass import OVER
from tenants.binding import CATALOG, bound_to

REQUEST = "platform.break_glass:request"


def carry(pk: UUID) -> None:
    """Must be called unbound; as often as wanted. A tenant that isn't served waits: nobody can come in there."""
    with bound_to(CATALOG):
        _end_without_right(pk)
        visit = BreakGlass.objects.select_related("tenant__server", "operator").get(pk=pk)
        asked, tenant = visit.asked, visit.tenant
    if visit.is_over or not tenant.is_served:
        return
    with bound_to(tenant):
        answer = bring_in_step(asked)
    with bound_to(CATALOG):
        _copy(visit, answer)


def _end_without_right(pk: UUID) -> None:
    """An operator who was shut out, or may no longer ask, is nobody's guest: within a minute (console.tasks)."""
    visit = BreakGlass.objects.select_related("operator").get(pk=pk)
    if not (visit.is_over or visit.withdrawn_by_id or visit.operator.has_perm(REQUEST)):
        withdraw(pk, visit.operator)


def _copy(visit: BreakGlass, answer: Answer) -> None:
    """A second operator whom the tenant doesn't let approve hasn't."""
    if visit.copy_from(answer.grant):
        tell(visit)
    seconded = visit.second_id is not None and answer.grant.second_operator_id != visit.second_id
    visit.second_may_approve = answer.second_may_approve
    if seconded and not answer.second_may_approve:
        visit.second = None
    visit.save(update_fields=["second_may_approve", "second"])


def unfinished() -> list[UUID]:
    """Bound to the catalog."""
    return [*BreakGlass.objects.exclude(state__in=OVER).values_list("pk", flat=True)]
