"""Operators are shown the buttons that they may press, and no others."""

import pytest
from django.test import Client

from accounts.models import User
from console.background import carry_out_in_background
from jobs.models import Job
from tenants.binding import CATALOG, bound_to
from tenants.models import Operation, Tenant
from tests.support import fleet


@pytest.fixture
def ruth_client(operator_client: Client) -> Client:
    """A platform auditor's, who reads everything."""
    with bound_to(CATALOG):
        fleet.let_in(operator_client, fleet.add_user("ruth@amana.example", "Ruth", "platform_auditor"))
    return operator_client


def test_whoever_only_reads_has_nothing_to_press(ruth_client: Client, acme: Tenant) -> None:
    assert "/tenants/new/" not in ruth_client.get("/").content.decode()
    page = ruth_client.get(f"/tenants/{acme.pk}/").content.decode()
    for verb in ("suspend", "leave", "language", "close", "resume"):
        assert f"/tenants/{acme.pk}/{verb}/" not in page
        assert ruth_client.post(f"/tenants/{acme.pk}/{verb}/").status_code == 403


def test_the_link_of_an_owner_is_for_those_who_set_customers_up(oscar_client: Client, acme: Tenant) -> None:
    with bound_to(CATALOG):
        operation = acme.operations.get(kind=Operation.Kind.PROVISION)
        ruth = fleet.add_user("ruth@amana.example", "Ruth", "platform_auditor")
    link = operation.owner_link
    assert link
    assert link in oscar_client.get(f"/operations/{operation.pk}/").content.decode()
    with bound_to(CATALOG):
        fleet.let_in(oscar_client, ruth)
    assert link not in oscar_client.get(f"/operations/{operation.pk}/").content.decode()


def test_closing_is_tried_again_only_by_who_may_close(operator_client: Client, acme: Tenant) -> None:
    with bound_to(CATALOG):
        Operation.objects.filter(tenant=acme).update(kind=Operation.Kind.CLOSE, state=Operation.State.FAILED)
        operation = Operation.objects.get(tenant=acme)
        vera = fleet.add_user("vera@amana.example", "Vera", "operator")
        role = vera.assignments.get().role
        role.group.permissions.remove(*role.group.permissions.filter(codename="delete_tenant"))
        fleet.let_in(operator_client, User.objects.get(pk=vera.pk))
    retry = f"/operations/{operation.pk}/retry/"
    assert retry not in operator_client.get(f"/operations/{operation.pk}/").content.decode()
    assert operator_client.post(retry).status_code == 403
    with bound_to(CATALOG):
        assert not Job.objects.filter(
            kind="console.operation", arguments__operation=str(operation.pk)
        ).exists()


@pytest.mark.parametrize("kind", [Operation.Kind.RESTORE, Operation.Kind.SWAP])
def test_whoever_sets_customers_up_puts_nothing_in_force_that_was_restored(
    operator_client: Client, acme: Tenant, kind: Operation.Kind
) -> None:
    """Nor does anybody here: that takes the right to restore, and the name typed."""
    with bound_to(CATALOG):
        fleet.let_in(operator_client, fleet.add_user("vera@amana.example", "Vera", "operator"))
        operation = Operation.objects.create(
            tenant=acme, kind=kind, requested_by="x", state="failed", error="Busy"
        )
    retry = f"/operations/{operation.pk}/retry/"
    page = operator_client.get(f"/operations/{operation.pk}/").content.decode()
    assert retry not in page
    assert "the page of the restore goes on with it" in page
    assert operator_client.post(retry).status_code == 409
    with bound_to(CATALOG):
        operation.refresh_from_db()
        assert operation.state == "failed"
        assert not Job.objects.filter(arguments__operation=str(operation.pk)).exists()


def test_jobs_of_customers_are_seen_by_who_sees_customers(oscar: User, acme: Tenant) -> None:
    with bound_to(CATALOG):
        operation = acme.operations.get()
        carry_out_in_background(operation, oscar)
        nadia = User.objects.invite("nadia@amana.example", "Nadia")
        assert not Job.objects.visible_to(nadia).filter(kind="console.operation").exists()
        assert Job.objects.visible_to(oscar).filter(kind="console.operation").exists()
