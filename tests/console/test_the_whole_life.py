"""From the form to the end, on real databases: what an operator does in the course of a customer's life."""

from collections.abc import Iterator

import pytest
from django.conf import settings
from django.test import Client

from tenants.binding import CATALOG, bound_to
from tenants.carrying_out import carry_out
from tenants.models import Operation, Tenant
from tests.support import fleet
from tests.support.authenticator import come_in, without_devices

TYPED = {
    "slug": "initech",
    "name": "Initech Ltd",
    "language": "en",
    "owner_name": "Ivy",
    "owner_email": "ivy@initech.example",
}
HOST = f"initech.{settings.AMANA_PUBLIC_HOST}"


@pytest.fixture
def committing_client(cast: dict[str, Tenant], real_catalog: None) -> Iterator[Client]:
    """Oscar's, without the savepoint: the worker sees what he asked for."""
    client = fleet.client_of(settings.AMANA_OPERATOR_HOST)
    come_in(client, CATALOG, "oscar@amana.example")
    yield client
    client.post("/sign-out/")
    without_devices(CATALOG)


def test_set_up_suspended_resumed_and_closed(committing_client: Client) -> None:
    asked = committing_client.post("/tenants/new/", TYPED)
    tenant = carry_out(_operation("provision").pk).tenant

    page = committing_client.get(asked["Location"])
    link = page.context["progress"].owner_link
    assert link.startswith(f"{tenant.site_url}/set-password/")
    assert link in page.content.decode()
    assert Client(SERVER_NAME=HOST).get(link.removeprefix(tenant.site_url), follow=True).status_code == 200
    assert "Up to date" in committing_client.get(f"/tenants/{tenant.pk}/").content.decode()

    committing_client.post(f"/tenants/{tenant.pk}/suspend/", {"reason": "The invoice is open"})
    assert _site_answers() == 503

    committing_client.post(f"/tenants/{tenant.pk}/resume/")
    assert _site_answers() == 200

    committing_client.post(f"/tenants/{tenant.pk}/close/", {"typed": "initech"})
    assert _site_answers() == 404

    closing = carry_out(_operation("close").pk)
    page = committing_client.get(f"/operations/{closing.pk}/")
    assert (
        "Nothing of this tenant is left but its name, its trail and the hashes of its log."
        in page.content.decode()
    )


def _operation(kind: str) -> Operation:
    with bound_to(CATALOG):
        return Operation.objects.get(kind=kind, tenant__name="Initech Ltd")


def _site_answers() -> int:
    return Client(SERVER_NAME=HOST).get("/sign-in/").status_code
