"""Signing in and being refused, and the events of both, on one connection to the tenant."""

from concurrent.futures import ThreadPoolExecutor

from tenants.binding import bound_to
from tenants.models import Tenant
from tests.audit.looking import kinds, newest
from tests.pool.conftest import MakePool
from tests.support import fleet
from tests.support.fleet import PASSWORD


def test_one_connection_is_enough_for_many_who_come_at_once(
    quartet: list[Tenant], products_pool: MakePool
) -> None:
    tenant = quartet[0]
    with bound_to(tenant):
        fleet.add_user("peter@initech.example", "Peter", "accountant")
    before = newest(tenant)
    pool = products_pool(cap=2, cap_each=1, patience=60)

    def come(number: int) -> int:
        password = PASSWORD if number % 2 else "wrong"
        client = fleet.client_of(tenant.primary_host)
        return client.post("/sign-in/", {"email": "peter@initech.example", "password": password}).status_code

    with ThreadPoolExecutor(6) as threads:
        assert [*threads.map(come, range(12))] == [422, 302] * 6

    assert pool.usage()[tenant.schema_name] == 1
    found = sorted(kinds(tenant, before))
    assert found == [("accounts.signed_in", "done")] * 6 + [("accounts.signed_in", "refused")] * 6
