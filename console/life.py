"""The life of a tenant as the bar above its page shows it: where it stands, and since when."""

from interface.workflows import Stage
from tenants.models import Tenant, TenantEvent, TenantState

ORDER = (
    (TenantState.PROVISIONING, "provision requested"),
    (TenantState.ACTIVE, "published"),
    (TenantState.LEAVING, "given notice"),
    (TenantState.CLOSED, "closed"),
)
STANDS_FOR = {TenantState.SUSPENDED: TenantState.ACTIVE, TenantState.CLOSING: TenantState.CLOSED}


def stages_of(tenant: Tenant) -> list[Stage]:
    """Each state on the way; one that stands for another, such as suspended for active, is shown in its place."""
    events = {event.verb: event for event in tenant.events.order_by("at")}
    here = TenantState(tenant.state)
    place = [state for state, _verb in ORDER].index(STANDS_FOR.get(here, here))
    return [
        _stage(here if number == place else state, _how(here, number, place), events.get(_verb(verb, here)))
        for number, (state, verb) in enumerate(ORDER)
        if number >= place or verb in events
    ]


def _verb(verb: str, here: TenantState) -> str:
    suspended = here == TenantState.SUSPENDED and verb == "published"
    return "suspended" if suspended else verb


def _how(here: TenantState, number: int, place: int) -> str:
    if number == place:
        return "stopped" if here == TenantState.SUSPENDED else "present"
    return "done" if number < place else "coming"


def _stage(state: TenantState, how: str, event: TenantEvent | None) -> Stage:
    happened = event if how != "coming" else None
    return Stage(state.label, how, happened.at if happened else None, happened.actor if happened else "")
