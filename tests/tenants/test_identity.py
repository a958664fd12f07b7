"""A catalog that points at another's, a stale, a forged or a nameless database is refused when it is opened."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from django.db import ProgrammingError, connection
from django.test import Client

from accounts.models import User
from tenants import identity
from tenants.binding import CATALOG, bound_to, is_bound
from tenants.exceptions import WrongDatabase
from tenants.host_epochs import forget_hosts
from tenants.identity import Identity, sign
from tenants.models import Tenant
from tenants.pool import pool
from tenants.provisioner import owner_of, provisioner


@pytest.fixture
def tenant(new_tenant: Callable[[], Tenant]) -> Tenant:
    return new_tenant()


def opened(tenant: Tenant) -> int:
    pool.close_idle()
    with bound_to(tenant):
        return User.objects.count()


def page_of(tenant: Tenant) -> tuple[int, str]:
    pool.close_idle()
    response = Client(SERVER_NAME=tenant.primary_host, raise_request_exception=False).get("/sign-in/")
    assert not is_bound()
    return response.status_code, response.content.decode()


def change_catalog(tenant: Tenant, **values: Any) -> Tenant:
    with bound_to(CATALOG):
        Tenant.objects.filter(pk=tenant.pk).update(**values)
        forget_hosts([tenant.primary_host])
        return Tenant.objects.select_related("server").get(pk=tenant.pk)


def write(tenant: Tenant, values: dict[str, Any]) -> None:
    """Into the identity row, as only the owner's hand could."""
    claimed = identity.identity_of(tenant.place)._replace(
        **{k: v for k, v in values.items() if k != "signature"}
    )
    with owner_of(tenant.place) as owner:
        owner.execute(
            "UPDATE amana.identity SET tenant = %s, database = %s, era = %s, purpose = %s, signature = %s",
            [*claimed, values.get("signature", sign(claimed))],
        )


def test_the_right_one_opens(tenant: Tenant) -> None:
    assert opened(tenant) == 1
    assert page_of(tenant)[0] == 200


def test_a_row_that_points_at_anothers_database(
    tenant: Tenant, new_tenant: Callable[[], Tenant], request: pytest.FixtureRequest
) -> None:
    other = new_tenant()
    own = tenant.schema_name
    change_catalog(other, schema_name="t_elsewhere00000000")
    misled = change_catalog(tenant, schema_name=other.schema_name)
    try:
        with pytest.raises(WrongDatabase):
            opened(misled)
        status, page = page_of(misled)
        assert status == 500
        assert other.name not in page
        assert pool.usage().get(other.schema_name) is None
    finally:
        change_catalog(tenant, schema_name=own)
        change_catalog(other, schema_name=other.schema_name)
    assert opened(tenant) == 1


@pytest.mark.parametrize("era", [0, 2, 7])
def test_a_stale_era(tenant: Tenant, era: int) -> None:
    stale = change_catalog(tenant, era=era)
    with pytest.raises(WrongDatabase):
        opened(stale)
    assert page_of(stale)[0] == 500
    change_catalog(tenant, era=1)
    assert page_of(tenant)[0] == 200


@pytest.mark.parametrize(
    "forgery",
    [
        {"signature": bytes(64)},
        {"era": 2},
        {"purpose": "drill"},
        {"database": "t_0123456789abcdef"},
        {"tenant": "01890000-0000-7000-8000-000000000009"},
    ],
    ids=lambda forgery: next(iter(forgery)),
)
def test_a_row_that_claims_something_else_or_isnt_signed(tenant: Tenant, forgery: dict[str, Any]) -> None:
    write(tenant, forgery)
    with pytest.raises(WrongDatabase):
        opened(tenant)
    assert page_of(tenant)[0] == 500


def test_a_true_signature_of_another_tenants_row(tenant: Tenant, new_tenant: Callable[[], Tenant]) -> None:
    other = new_tenant()
    write(tenant, {"signature": sign(identity.identity_of(other.place))})
    with pytest.raises(WrongDatabase):
        opened(tenant)


def test_a_database_without_a_row(tenant: Tenant) -> None:
    with owner_of(tenant.place) as owner:
        owner.execute("DELETE FROM amana.identity")
    with pytest.raises(WrongDatabase):
        opened(tenant)


def test_a_database_that_shows_no_row(tenant: Tenant) -> None:
    with owner_of(tenant.place) as owner:
        owner.execute("REVOKE SELECT ON amana.identity FROM tenant_runtime")
    with pytest.raises(WrongDatabase):
        opened(tenant)


def test_the_tenants_own_role_cant_write_it(tenant: Tenant) -> None:
    with bound_to(tenant), connection.cursor() as cursor:
        for statement in (
            "UPDATE amana.identity SET era = 2",
            "DELETE FROM amana.identity",
            "INSERT INTO amana.identity SELECT * FROM amana.identity",
        ):
            with pytest.raises(ProgrammingError, match="permission denied"):
                cursor.execute(statement)


def test_nothing_is_leased_for_a_database_that_was_refused(tenant: Tenant) -> None:
    write(tenant, {"signature": bytes(64)})
    for _ in range(pool.cap_each + 2):
        with pytest.raises(WrongDatabase):
            opened(tenant)
    assert pool.usage().get(tenant.schema_name) is None
    with provisioner() as server:
        query = "SELECT count(*) FROM pg_stat_activity WHERE datname = %s"
        assert server.execute(query, [tenant.schema_name]).fetchone() == (0,)


def test_an_identity_says_all_it_claims() -> None:
    one = Identity(tenant=UUID(int=1), database="t_a", era=1, purpose="tenant")
    others = [
        one._replace(tenant=UUID(int=2)),
        one._replace(database="t_b"),
        one._replace(era=2),
        one._replace(purpose="drill"),
    ]
    assert len({each.message() for each in (one, *others)}) == 5
