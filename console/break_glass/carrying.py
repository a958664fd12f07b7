"""Between the two databases: a question goes to the tenant, what became of it comes back. One after the other."""

from uuid import UUID

from accounts.support.asking import Answer, bring_in_step
from console.break_glass.telling import tell
from console.models import BreakGlass
from console.models.break_glass import OVER
from tenants.binding import CATALOG, bound_to


def carry(pk: UUID) -> None:
    """Must be called unbound; as often as wanted. A tenant that isn't served waits: nobody can come in there."""
    with bound_to(CATALOG):
        visit = BreakGlass.objects.select_related("tenant__server", "operator").get(pk=pk)
        asked, tenant = visit.asked, visit.tenant
    if visit.is_over or not tenant.is_served:
        return
    with bound_to(tenant):
        answer = bring_in_step(asked)
    with bound_to(CATALOG):
        _copy(visit, answer)


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
