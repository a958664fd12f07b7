"""Outside of any binding nothing reaches a database, a cache, a file, a key or a queue."""

# ruff: noqa: PLW0108 - each attempt is a lambda, since a bound method would be looked up at import

from collections.abc import Callable

import pytest
from django.contrib.auth.tokens import default_token_generator
from django.contrib.contenttypes.models import ContentType
from django.core import signing
from django.core.cache import cache
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.management.commands.dbshell import Command
from django.db import connection, connections, transaction

from accounts.models import User
from accounts.sessions import SessionStore
from business.contacts.models import Contact
from tenants.binding import CATALOG, bound_to
from tenants.exceptions import NoTenantBound
from tenants.models import Tenant
from tenants.pool import pool
from tenants.tasks import measure_tenants

Attempt = Callable[[], object]


def _enter(block: transaction.Atomic) -> None:
    with block:
        """Never reached."""


DATABASE: dict[str, Attempt] = {
    "a query": lambda: User.objects.first(),
    "a count": lambda: Contact.objects.count(),
    "an iterator": lambda: next(Contact.objects.iterator()),
    "a query of the catalog": lambda: Tenant.objects.first(),
    "using default": lambda: User.objects.using("default").first(),
    "using catalog": lambda: Tenant.objects.using("catalog").first(),
    "saving": lambda: Contact(name="Ghost").save(),
    "saving using catalog": lambda: User(email="g@example.com", name="G").save(using="catalog"),
    "bulk_create": lambda: Contact.objects.bulk_create([Contact(name="Ghost")]),
    "a raw query": lambda: [*User.objects.raw("SELECT * FROM accounts_user")],
    "content types": lambda: ContentType.objects.get_for_model(User),
    "a cursor": lambda: connection.cursor(),
    "a cursor of default": lambda: connections["default"].cursor(),
    "a cursor of catalog": lambda: connections["catalog"].cursor(),
    "ensure_connection": lambda: connection.ensure_connection(),
    "ensure_connection of catalog": lambda: connections["catalog"].ensure_connection(),
    "atomic()": lambda: _enter(transaction.atomic()),
    "atomic(using=default)": lambda: _enter(transaction.atomic(using="default")),
    "atomic(using=catalog)": lambda: _enter(transaction.atomic(using="catalog")),
    "durable atomic": lambda: _enter(transaction.atomic(durable=True)),
    "on_commit": lambda: transaction.on_commit(lambda: None),
    "dbshell": lambda: Command().handle(database="default", parameters=[]),
}
ELSE: dict[str, Attempt] = {
    "cache get": lambda: cache.get("key"),
    "cache set": lambda: cache.set("key", 1),
    "cache add": lambda: cache.add("key", 1),
    "cache incr": lambda: cache.incr("key"),
    "cache get_many": lambda: cache.get_many(["key"]),
    "cache set_many": lambda: cache.set_many({"key": 1}),
    "cache delete": lambda: cache.delete("key"),
    "cache delete_many": lambda: cache.delete_many(["key"]),
    "cache touch": lambda: cache.touch("key"),
    "cache clear": lambda: cache.clear(),
    "saving a file": lambda: default_storage.save("note.txt", ContentFile(b"x")),
    "opening a file": lambda: default_storage.open("note.txt"),
    "asking for a file": lambda: default_storage.exists("note.txt"),
    "listing files": lambda: default_storage.listdir(""),
    "deleting a file": lambda: default_storage.delete("note.txt"),
    "a file's path": lambda: default_storage.path("note.txt"),
    "a file's link": lambda: default_storage.url("note.txt"),
    "signing.dumps": lambda: signing.dumps({"a": 1}),
    "signing.loads": lambda: signing.loads("a:b:c"),
    "Signer": lambda: signing.Signer().sign("a"),
    "TimestampSigner": lambda: signing.TimestampSigner().sign("a"),
    "a signed cookie": lambda: signing.get_cookie_signer(salt="a").sign("a"),
    "a reset token": lambda: default_token_generator.make_token(User(email="a@example.com")),
    "the hash of a session": lambda: User(password="x").get_session_auth_hash(),
    "loading a session": lambda: SessionStore("a" * 32).load(),
    "saving a session": lambda: SessionStore().save(),
    "sending a task": lambda: measure_tenants.delay(),
    "sending by name": lambda: measure_tenants.app.send_task("tenants.tasks.measure_tenants"),
    "sending a signature": lambda: measure_tenants.s().apply_async(countdown=1),
}


@pytest.fixture(autouse=True)
def _started(cast: dict[str, Tenant]) -> None:
    """Refused, although everything is there."""


@pytest.mark.parametrize("attempt", DATABASE.values(), ids=DATABASE.keys())
def test_no_database_is_reached(attempt: Attempt) -> None:
    before = pool.usage()
    with pytest.raises(NoTenantBound):
        attempt()
    assert pool.usage() == before


@pytest.mark.parametrize("attempt", ELSE.values(), ids=ELSE.keys())
def test_nothing_else_is_reached(attempt: Attempt) -> None:
    with pytest.raises(NoTenantBound):
        attempt()


def test_a_tenants_alias_is_refused_by_name(acme: Tenant) -> None:
    with pytest.raises(NoTenantBound):
        User.objects.using(acme.schema_name).first()
    with pytest.raises(NoTenantBound):
        connections[acme.schema_name].cursor()


def test_a_connection_kept_in_a_variable_is_refused_after_the_binding(new: Tenant) -> None:
    with bound_to(new):
        kept = connections[new.schema_name]
        assert User.objects.count() == 1
    with pytest.raises(NoTenantBound):
        kept.cursor()
    assert kept.connection is None


def test_a_lazy_queryset_is_refused_after_the_binding(acme: Tenant) -> None:
    with bound_to(acme):
        people = User.objects.all()
    with pytest.raises(NoTenantBound):
        list(people)


def test_a_catalog_wrapper_made_while_unbound_goes_back_to_the_pool_like_any_other(databases: None) -> None:
    with pytest.raises(NoTenantBound):
        connections["catalog"].cursor()
    with bound_to(CATALOG):
        leased = connections["catalog"]
        transaction.atomic().__enter__()
        Tenant.objects.count()
        held = leased.connection
        assert pool.owns(held)
    assert not pool.owns(held)
    assert leased.connection is None


@pytest.fixture
def new(new_tenant: Callable[[], Tenant]) -> Tenant:
    return new_tenant()
