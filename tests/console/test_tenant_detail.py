import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone

from accounts.models import User
from tenants.binding import CATALOG, bound_to
from tenants.fingerprints import code_fingerprint
from tenants.models import Domain, Operation, Template, Tenant, TenantState
from tests.console.conftest import TenantRow


@pytest.fixture
def template(catalog: None) -> None:
    """The template in force has the fingerprint "today"."""
    with bound_to(CATALOG):
        Template.objects.create(
            version=9999, code=code_fingerprint(), fingerprint="today", ready_at=timezone.now()
        )


def test_it_shows_what_the_catalog_knows(oscar_client: Client, tenant_row: TenantRow) -> None:
    tenant = tenant_row("initech", name="Initech Ltd", size_bytes=2048)
    with bound_to(CATALOG):
        Domain.objects.create(tenant=tenant, domain=tenant.primary_host)

    response = oscar_client.get(f"/tenants/{tenant.pk}/")

    page = response.content.decode()
    assert response.status_code == 200
    for fact in ("Initech Ltd", "initech", tenant.schema_name, tenant.server.name, "2.0\N{NO-BREAK SPACE}KB"):
        assert fact in page
    assert f'href="{tenant.site_url}"' in page


def test_its_trail_tells_who_did_what_and_why(oscar_client: Client, initech: Tenant) -> None:
    with bound_to(CATALOG):
        initech.suspend("operator:oscar@amana.example", "The invoice of May is open")

    page = oscar_client.get(f"/tenants/{initech.pk}/").content.decode()

    for part in ("Suspended", "operator:oscar@amana.example", "The invoice of May is open"):
        assert part in page


def test_its_operations_are_linked(oscar_client: Client, provisioning: Operation) -> None:
    page = oscar_client.get(f"/tenants/{provisioning.tenant_id}/").content.decode()

    assert f'href="/operations/{provisioning.pk}/"' in page


@pytest.mark.parametrize(
    ("state", "offered"),
    [
        (TenantState.PROVISIONING, ["close"]),
        (TenantState.ACTIVE, ["suspend", "leave", "language", "close"]),
        (TenantState.SUSPENDED, ["resume", "leave", "language", "close"]),
        (TenantState.LEAVING, ["resume", "language", "close"]),
        (TenantState.CLOSING, []),
        (TenantState.CLOSED, []),
    ],
)
def test_it_offers_what_the_state_allows(
    oscar_client: Client, tenant_row: TenantRow, state: TenantState, offered: list[str]
) -> None:
    tenant = tenant_row("initech", state=state)

    response = oscar_client.get(f"/tenants/{tenant.pk}/")

    page = response.content.decode()
    assert [action.name for action in response.context["actions"]] == offered
    for verb in ("resume", "suspend", "leave", "language", "close"):
        assert (f'"/tenants/{tenant.pk}/{verb}/"' in page) == (verb in offered)


@pytest.mark.usefixtures("template")
@pytest.mark.parametrize(
    ("fingerprint", "state", "schema"),
    [
        ("today", TenantState.ACTIVE, "current"),
        ("older", TenantState.ACTIVE, "behind"),
        ("older", TenantState.SUSPENDED, "behind"),
        ("", TenantState.PROVISIONING, "none"),
        ("older", TenantState.CLOSED, "none"),
    ],
)
def test_it_says_whether_the_schema_is_behind(
    oscar_client: Client, tenant_row: TenantRow, fingerprint: str, state: TenantState, schema: str
) -> None:
    level = settings.AMANA_SCHEMA_LEVEL
    tenant = tenant_row("initech", fingerprint=fingerprint, schema_level=level, state=state)

    assert oscar_client.get(f"/tenants/{tenant.pk}/").context["schema"] == schema


def test_without_a_template_of_this_code_it_is_not_known(oscar_client: Client, initech: Tenant) -> None:
    with bound_to(CATALOG):
        Template.objects.update(code="another")

    response = oscar_client.get(f"/tenants/{initech.pk}/")

    assert response.context["schema"] == "unknown"


@pytest.mark.parametrize(
    ("state", "sentence"),
    [
        (Operation.State.RUNNING, "Setting up is not done yet."),
        (Operation.State.FAILED, "Setting up failed: nothing goes on until you try again."),
    ],
)
def test_what_it_waits_for_stands_above(
    oscar_client: Client, provisioning: Operation, state: Operation.State, sentence: str
) -> None:
    with bound_to(CATALOG):
        Operation.objects.filter(pk=provisioning.pk).update(state=state)

    response = oscar_client.get(f"/tenants/{provisioning.tenant_id}/")

    assert response.context["unfinished"] == provisioning
    assert sentence in response.content.decode()


def test_of_the_customers_own_records_it_shows_nothing(
    oscar_client: Client, acme: Tenant, alice: User
) -> None:
    for address in ("/", f"/tenants/{acme.pk}/", f"/tenants/{acme.pk}/close/"):
        page = oscar_client.get(address).content.decode()
        assert acme.name in page
        assert alice.name not in page
        assert alice.email not in page
