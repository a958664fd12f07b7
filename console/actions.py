"""Which buttons a tenant's page offers in which state. The model has the last word."""

from dataclasses import dataclass

from tenants.models import Tenant, TenantState


@dataclass(frozen=True)
class Action:
    """One button: `name` is the model's verb and the end of its address."""

    name: str
    label: str
    states: frozenset[str]

    @property
    def url_name(self) -> str:
        return f"console:tenant-{self.name}"


def _action(name: str, label: str, *states: TenantState) -> Action:
    return Action(name, label, frozenset(state.value for state in states))


PROVISIONING, ACTIVE = TenantState.PROVISIONING, TenantState.ACTIVE
SUSPENDED, LEAVING = TenantState.SUSPENDED, TenantState.LEAVING

RESUME = _action("resume", "Resume", SUSPENDED, LEAVING)
SUSPEND = _action("suspend", "Suspend", ACTIVE)
LEAVE = _action("leave", "Mark as leaving", ACTIVE, SUSPENDED)
CLOSE = _action("close", "Close for good", PROVISIONING, ACTIVE, SUSPENDED, LEAVING)
ACTIONS = (RESUME, SUSPEND, LEAVE, CLOSE)


def actions_for(tenant: Tenant) -> list[Action]:
    """What can be done to `tenant` as it stands, in the order of its life."""
    return [action for action in ACTIONS if tenant.state in action.states]
