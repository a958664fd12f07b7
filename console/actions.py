"""Which buttons a tenant's page offers in which state. The model has the last word."""

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django_stubs_ext import StrPromise

from accounts.models import User
from tenants.models import Tenant, TenantState


@dataclass(frozen=True)
class Action:
    """One button: `name` is the model's verb and the end of its address."""

    name: str
    label: StrPromise
    requires: str
    states: frozenset[str]

    @property
    def url_name(self) -> str:
        return f"console:tenant-{self.name}"


def _action(name: str, label: StrPromise, verb: str, *states: TenantState) -> Action:
    return Action(name, label, f"platform.tenant:{verb}", frozenset(state.value for state in states))


PROVISIONING, ACTIVE = TenantState.PROVISIONING, TenantState.ACTIVE
SUSPENDED, LEAVING = TenantState.SUSPENDED, TenantState.LEAVING

RESUME = _action("resume", pgettext_lazy("verb", "Resume"), "resume", SUSPENDED, LEAVING)
SUSPEND = _action("suspend", pgettext_lazy("verb", "Suspend"), "suspend", ACTIVE)
LEAVE = _action("leave", _("Mark as leaving"), "archive", ACTIVE, SUSPENDED)
LANGUAGE = _action("language", _("Change language"), "update", ACTIVE, SUSPENDED, LEAVING)
CLOSE = _action("close", _("Close for good"), "delete", PROVISIONING, ACTIVE, SUSPENDED, LEAVING)
ACTIONS = (RESUME, SUSPEND, LEAVE, LANGUAGE, CLOSE)


def actions_for(tenant: Tenant, person: User) -> list[Action]:
    """What `person` may do to `tenant` as it stands, in the order of its life."""
    return [each for each in ACTIONS if tenant.state in each.states and person.has_perm(each.requires)]
