"""check_isolation asks of every database whether each of its tables is logged, and puts right what isn't."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
import pytest
from psycopg import Connection
from psycopg.conninfo import make_conninfo

from tenants.binding import CATALOG
from tenants.isolation import check_fleet, check_tenant
from tenants.models import Tenant
from tenants.places import Place

WALL = "every table is logged"


@contextmanager
def superuser(place: Place) -> Iterator[Connection[Any]]:
    url = make_conninfo(os.environ["AMANA_SUPERUSER_URL"], dbname=place.database)
    with psycopg.connect(url, autocommit=True) as connection:
        yield connection


def outcomes(tenant: Tenant, *, repair: bool) -> list[str]:
    return [found.outcome for found in check_tenant(tenant, repair) if found.wall == WALL]


@pytest.fixture
def tenant(new_tenant: Callable[[], Tenant]) -> Tenant:
    return new_tenant()


def test_it_holds_in_a_new_tenant_and_in_the_catalog(tenant: Tenant) -> None:
    held = {found.subject: found.outcome for found in check_fleet(repair=False) if found.wall == WALL}
    assert held["catalog"] == "held"
    assert held[tenant.slug] == "held"


@pytest.mark.parametrize(
    ("drift", "fault"),
    [
        (
            "CREATE TABLE receipts (id integer PRIMARY KEY); ALTER TABLE receipts OWNER TO tenant_owner",
            "receipts: It is neither logged nor exempt.",
        ),
        (
            "ALTER TABLE contacts_contact ADD shoe_size integer",
            "contacts_contact: Its columns are not those of its function.",
        ),
        (
            "ALTER TABLE contacts_contact DISABLE TRIGGER logged_insert",
            "contacts_contact: Its triggers are not on, or not all there.",
        ),
        (
            "ALTER TABLE contacts_contact ENABLE TRIGGER logged_update",
            "contacts_contact: Its triggers are not on, or not all there.",
        ),
        (
            "DROP TRIGGER logged_truncate ON contacts_contact",
            "contacts_contact: Its triggers are not on, or not all there.",
        ),
        (
            "CREATE OR REPLACE FUNCTION audit.contacts_contact() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER"
            " SET search_path = pg_catalog, pg_temp AS 'BEGIN RETURN NULL; END'",
            "contacts_contact: Its columns are not those of its function.",
        ),
        (
            "ALTER FUNCTION audit.contacts_contact() RESET search_path",
            "contacts_contact: Its function has other settings than ours.",
        ),
    ],
)
def test_what_a_superuser_took_down_is_named_and_put_up_again(tenant: Tenant, drift: str, fault: str) -> None:
    with superuser(tenant.place) as connection:
        connection.execute(drift)
    assert outcomes(tenant, repair=False) == [f"not held: {fault}"]
    assert outcomes(tenant, repair=True) == ["repaired"]
    assert outcomes(tenant, repair=False) == ["held"]


def test_the_catalog_is_put_right_too(databases: None) -> None:
    with superuser(CATALOG) as connection:
        connection.execute("ALTER TABLE tenants_tenant DISABLE TRIGGER ALL")
    first = next(found for found in check_fleet(repair=True) if found.wall == WALL)
    assert (first.subject, first.outcome) == ("catalog", "repaired")


def test_a_function_that_was_opened_to_others_is_closed_again(tenant: Tenant) -> None:
    with superuser(tenant.place) as connection:
        connection.execute(
            "GRANT USAGE ON SCHEMA audit TO tenant_runtime; GRANT ALL ON audit.event TO tenant_runtime"
        )
    by_wall = {found.wall: found.outcome for found in check_tenant(tenant, repair=True)}
    assert by_wall["schema and grants are the recorded ones"] == "repaired"


def test_what_only_a_superuser_can_put_right_is_said(tenant: Tenant) -> None:
    with superuser(tenant.place) as connection:
        connection.execute("ALTER FUNCTION audit.contacts_contact() OWNER TO postgres")
    (outcome,) = outcomes(tenant, repair=True)
    assert outcome.startswith("not held: contacts_contact: It is neither logged nor exempt.")
    assert outcome.endswith(" function contacts_contact")
