"""The cast: Alice and Bob at Acme, Mallory at Globex, Oscar the operator. Real databases, one transaction a test."""

from collections.abc import Callable, Iterator
from copy import copy

import pytest
from django.conf import settings
from django.test import Client
from pytest_django import DjangoDbBlocker

from accounts.models import User
from audit.context import acting
from tenants.binding import CATALOG, bound_to, is_bound, unbind
from tenants.models import Tenant
from tenants.pool import pool
from tests.support import fleet
from tests.support.fleet import PASSWORD as PASSWORD
from tests.support.passwords import make_cheap
from tests.support.savepoints import Savepoints


@pytest.hookimpl(tryfirst=True)  # before -m chooses
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What is `sampled` runs its first case always, and the others where slow ones do."""
    seen: set[str] = set()
    for item in items:
        if item.get_closest_marker("sampled"):
            name = item.nodeid.partition("[")[0]
            if name in seen:
                item.add_marker(pytest.mark.slow)
            seen.add(name)


@pytest.fixture(scope="session", autouse=True)
def cheap_passwords() -> None:
    make_cheap()


@pytest.fixture(scope="session")
def databases(django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """Catalog and template, once. Closed by default is the product's own doing: it refuses when unbound."""
    with django_db_blocker.unblock(), acting("test"):
        fleet.prepare()
        yield
        pool.close_idle()


@pytest.fixture(scope="session")
def cast(databases: None) -> dict[str, Tenant]:
    tenants = {"acme": fleet.provision("acme", "Acme"), "globex": fleet.provision("globex", "Globex")}
    with bound_to(tenants["acme"]):
        fleet.add_user("alice@acme.example", "Alice", "owner")
        fleet.add_user("bob@acme.example", "Bob", "order_manager")
    with bound_to(tenants["globex"]):
        fleet.add_user("mallory@globex.example", "Mallory", "owner")
    with bound_to(CATALOG):
        fleet.add_user("oscar@amana.example", "Oscar", "super_admin")
    return tenants


@pytest.fixture(autouse=True)
def test_acts() -> Iterator[None]:
    """What a test does by itself, "test" did; requests, tasks and commands name their own."""
    with acting("test"):
        yield


@pytest.fixture(autouse=True)
def unbound_at_the_end() -> Iterator[None]:
    yield
    left_bound = is_bound()
    unbind()
    assert not left_bound, "The test left a binding behind."


@pytest.fixture
def savepoints(monkeypatch: pytest.MonkeyPatch, databases: None) -> Iterator[Savepoints]:
    points = Savepoints(monkeypatch)
    yield points
    points.close()


@pytest.fixture
def catalog(savepoints: Savepoints) -> None:
    savepoints.keep(CATALOG)


@pytest.fixture
def acme(cast: dict[str, Tenant], savepoints: Savepoints) -> Tenant:
    savepoints.keep(cast["acme"])
    return copy(cast["acme"])  # what a test does to it is rolled back in the database, and here


@pytest.fixture
def globex(cast: dict[str, Tenant], savepoints: Savepoints) -> Tenant:
    savepoints.keep(cast["globex"])
    return copy(cast["globex"])


def _person(tenant: Tenant, email: str) -> User:
    with bound_to(tenant):
        return User.objects.get(email=email)


@pytest.fixture
def alice(acme: Tenant) -> User:
    return _person(acme, "alice@acme.example")


@pytest.fixture
def bob(acme: Tenant) -> User:
    return _person(acme, "bob@acme.example")


@pytest.fixture
def mallory(globex: Tenant) -> User:
    return _person(globex, "mallory@globex.example")


@pytest.fixture
def oscar(cast: dict[str, Tenant], catalog: None) -> User:
    with bound_to(CATALOG):
        return User.objects.get(email="oscar@amana.example")


@pytest.fixture
def acme_client(acme: Tenant) -> Client:
    return fleet.client_of(acme.primary_host)


@pytest.fixture
def globex_client(globex: Tenant) -> Client:
    return fleet.client_of(globex.primary_host)


@pytest.fixture
def alice_client(acme: Tenant, alice: User) -> Client:
    return fleet.signed_in(acme, alice)


@pytest.fixture
def mallory_client(globex: Tenant, mallory: User) -> Client:
    return fleet.signed_in(globex, mallory)


@pytest.fixture
def operator_client(catalog: None) -> Client:
    return fleet.client_of(settings.AMANA_OPERATOR_HOST)


@pytest.fixture
def oscar_client(operator_client: Client, oscar: User) -> Client:
    with bound_to(CATALOG):
        fleet.let_in(operator_client, oscar)
    return operator_client


@pytest.fixture
def new_tenant(databases: None) -> Iterator[Callable[..., Tenant]]:
    """Tenants that really commit, made on demand and closed after the test."""
    made: list[Tenant] = []

    def provision(slug: str = "", name: str = "") -> Tenant:
        made.append(fleet.provision(slug, name))
        return made[-1]

    yield provision
    for tenant in made:
        fleet.close(tenant)


@pytest.fixture
def real_catalog(databases: None) -> Iterator[None]:
    """For a test that provisions for real: whatever tenant it leaves is closed."""
    with bound_to(CATALOG):
        before = {*Tenant.objects.values_list("pk", flat=True)}
    yield
    with bound_to(CATALOG):
        left = [*Tenant.objects.exclude(pk__in=before)]
    for tenant in left:
        fleet.close(tenant)
