"""Oscar asks to look at Acme; Olga is a second operator, Sam Acme's security officer."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest
from django.conf import settings
from django.test import Client

from accounts.models import SecurityPolicy, SupportGrant, User
from audit.context import acting
from audit.reading import read
from console.break_glass import requesting
from console.break_glass.carrying import carry
from console.models import BreakGlass
from tenants.binding import CATALOG, bound_to
from tenants.host_epochs import forget_hosts
from tenants.models import Tenant
from tests.support import fleet

REASON = "The import of orders hangs"


@dataclass(frozen=True)
class Asked:
    """One question, in both databases."""

    tenant: Tenant
    visit: BreakGlass

    @property
    def pk(self) -> str:
        return str(self.visit.pk)

    def carry(self) -> None:
        carry(self.visit.pk)

    def at_tenant(self) -> SupportGrant:
        with bound_to(self.tenant):
            return SupportGrant.objects.get(pk=self.visit.pk)

    def at_operators(self) -> BreakGlass:
        with bound_to(CATALOG):
            return BreakGlass.objects.select_related("operator", "second").get(pk=self.visit.pk)

    def change(self, **values: object) -> None:
        """As if time had passed."""
        with bound_to(self.tenant):
            SupportGrant.objects.filter(pk=self.visit.pk).update(**values)

    def ticket(self) -> str:
        with bound_to(CATALOG), acting(f"operator:{self.visit.operator_id}"):
            return requesting.ticket_for(self.visit.pk, self.visit.operator)


AskAt = Callable[[Tenant], Asked]


@pytest.fixture
def ask_at(oscar: User) -> AskAt:
    def ask(tenant: Tenant) -> Asked:
        with bound_to(CATALOG), acting(f"operator:{oscar.pk}"):
            visit = requesting.ask(tenant, oscar, REASON, 30)
        carry(visit.pk)
        return Asked(tenant, visit)

    return ask


@pytest.fixture
def asked(ask_at: AskAt, acme: Tenant) -> Asked:
    return ask_at(acme)


@pytest.fixture
def approved(asked: Asked, alice_client: Client) -> Asked:
    assert alice_client.post(f"/support/{asked.pk}/approve/").status_code == 302
    return asked


@pytest.fixture
def olga(oscar: User) -> User:
    with bound_to(CATALOG):
        return fleet.add_user("olga@amana.example", "Olga", "super_admin")


@pytest.fixture
def sam(acme: Tenant) -> User:
    with bound_to(acme):
        return fleet.add_user("sam@acme.example", "Sam", "security_officer")


@pytest.fixture
def suspend(acme: Tenant, catalog: None) -> Iterator[Callable[[], None]]:
    """Acme, until the test ends; what was remembered of its address is forgotten then."""

    def shut() -> None:
        with bound_to(CATALOG):
            Tenant.objects.get(pk=acme.pk).suspend("test", "unpaid")

    yield shut
    with bound_to(CATALOG):
        forget_hosts([acme.primary_host])


def let_second_operators_approve(tenant: Tenant) -> None:
    with bound_to(tenant):
        SecurityPolicy.objects.update(second_operator_may_approve=True)


def came_in(asked: Asked) -> Client:
    """A guest's browser."""
    client = fleet.client_of(asked.tenant.primary_host)
    answer = client.post(f"/support/enter/{asked.ticket()}/")
    assert (answer.status_code, answer["Location"]) == (302, "/")
    return client


@pytest.fixture
def guest(approved: Asked) -> Client:
    return came_in(approved)


def operator_at_work(operator: User) -> Client:
    client = fleet.client_of(settings.AMANA_OPERATOR_HOST)
    with bound_to(CATALOG):
        fleet.let_in(client, operator)
    return client


def kinds_at(tenant: Tenant | None, about: object) -> list[tuple[str, str, str]]:
    """Kind, outcome and actor of the security events about it, oldest first."""
    with bound_to(tenant or CATALOG):
        found = [event for event in read() if event.object_id == str(about) and "." in event.action]
    return [(event.action, event.outcome, event.actor) for event in reversed(found)]
