import pytest
from django.test import Client

from tenants.binding import CATALOG, bound_to
from tenants.models import Operation, Server, Tenant, TenantState
from tests.console.asking import operations_of, trail_of
from tests.console.conftest import TenantRow

TYPED = {
    "slug": "initech",
    "name": "Initech Ltd",
    "language": "en",
    "owner_name": "Ivy",
    "owner_email": "ivy@initech.example",
}


@pytest.fixture(autouse=True)
def a_server(catalog: None) -> None:
    with bound_to(CATALOG):
        if not Server.objects.filter(accepts_tenants=True).exists():
            Server.objects.create(name="a-server")


def initech() -> Tenant | None:
    with bound_to(CATALOG):
        return Tenant.objects.filter(slug="initech").first()


def test_the_form_is_shown(oscar_client: Client) -> None:
    response = oscar_client.get("/tenants/new/")

    assert response.status_code == 200
    assert initech() is None


def test_a_tenant_is_asked_for_and_its_steps_are_shown(oscar_client: Client) -> None:
    response = oscar_client.post("/tenants/new/", TYPED)

    tenant = initech()
    assert tenant
    assert (tenant.name, tenant.language, tenant.state) == ("Initech Ltd", "en", TenantState.PROVISIONING)
    [operation] = operations_of(tenant)
    assert response.status_code == 302
    assert response["Location"] == f"/operations/{operation.pk}/"
    assert (operation.kind, operation.owner_email, operation.owner_name) == (
        Operation.Kind.PROVISION,
        "ivy@initech.example",
        "Ivy",
    )
    assert trail_of(tenant) == [("provision requested", "operator:oscar@amana.example", {})]


@pytest.mark.parametrize(
    ("field", "typed", "sentence"),
    [
        ("slug", "", "Choose a short name."),
        ("slug", "-initech", "Use 3 to 40 of a-z, 0-9 and -"),
        ("slug", "operator", "“operator” is reserved: choose another short name."),
        ("name", "", "Give the customer&#x27;s name."),
        ("language", "xx", "Select a valid choice."),
        ("owner_name", "", "Give the owner&#x27;s name."),
        ("owner_email", "", "Give the owner&#x27;s e-mail address."),
        ("owner_email", "ivy", "Enter a valid e-mail address."),
    ],
)
def test_what_is_wrong_is_said_and_nothing_typed_is_lost(
    oscar_client: Client, field: str, typed: str, sentence: str
) -> None:
    response = oscar_client.post("/tenants/new/", TYPED | {field: typed})

    page = response.content.decode()
    assert response.status_code == 422
    assert sentence in page
    for kept in (TYPED | {field: typed}).values():
        assert kept == "xx" or f'value="{kept}"' in page or not kept
    assert initech() is None


def test_a_short_name_in_use_is_refused(oscar_client: Client, tenant_row: TenantRow) -> None:
    taken = tenant_row("initech", name="The first Initech")

    response = oscar_client.post("/tenants/new/", TYPED)

    assert response.status_code == 422
    assert "“initech” is taken: choose another short name." in response.content.decode()
    assert operations_of(taken) == []


def test_asked_twice_it_is_one_operation(oscar_client: Client) -> None:
    first = oscar_client.post("/tenants/new/", TYPED)
    second = oscar_client.post("/tenants/new/", TYPED)

    assert second["Location"] == first["Location"]


@pytest.mark.parametrize(("field", "typed"), [("name", "Initrode"), ("owner_email", "bill@initech.example")])
def test_what_is_being_set_up_for_another_is_refused(
    oscar_client: Client, provisioning: Operation, field: str, typed: str
) -> None:
    response = oscar_client.post("/tenants/new/", TYPED | {field: typed})

    assert response.status_code == 422
    assert "“initech” is being set up for somebody else already." in response.content.decode()
    tenant = initech()
    assert tenant
    assert tenant.name == "Initech Ltd"
    assert operations_of(tenant) == [provisioning]


def test_without_a_server_that_accepts_it_says_so(oscar_client: Client) -> None:
    with bound_to(CATALOG):
        Server.objects.update(accepts_tenants=False)

    response = oscar_client.post("/tenants/new/", TYPED)

    assert response.status_code == 422
    assert "No server accepts tenants" in response.content.decode()
    assert initech() is None
