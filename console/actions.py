"""Which buttons a tenant's page offers in which state. The model has the last word."""

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django_stubs_ext import StrPromise

from tenants.models import Tenant, TenantState


@dataclass(frozen=True)
class Action:
    """One button: `name` is the model's verb and the end of its address."""

    name: str
    label: StrPromise
    states: frozenset[str]

    @property
    def url_name(self) -> str:
        return f"console:tenant-{self.name}"


def _action(name: str, label: StrPromise, *states: TenantState) -> Action:
    return Action(name, label, frozenset(state.value for state in states))


PROVISIONING, ACTIVE = TenantState.PROVISIONING, TenantState.ACTIVE
SUSPENDED, LEAVING = TenantState.SUSPENDED, TenantState.LEAVING

RESUME = _action("resume", pgettext_lazy("verb", "Resume"), SUSPENDED, LEAVING)
SUSPEND = _action("suspend", pgettext_lazy("verb", "Suspend"), ACTIVE)
LEAVE = _action("leave", _("Mark as leaving"), ACTIVE, SUSPENDED)
LANGUAGE = _action("language", _("Change language"), ACTIVE, SUSPENDED, LEAVING)
CLOSE = _action("close", _("Close for good"), PROVISIONING, ACTIVE, SUSPENDED, LEAVING)
ACTIONS = (RESUME, SUSPEND, LEAVE, LANGUAGE, CLOSE)


def actions_for(tenant: Tenant) -> list[Action]:
    """What can be done to `tenant` as it stands, in the order of its life."""
    return [action for action in ACTIONS if tenant.state in action.states]
