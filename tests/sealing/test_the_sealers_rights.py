"""amana_sealer reads events and adds seals; the application's roles do neither."""

import pytest
from psycopg import errors

from audit.sealer import sealer
from tenants.models import Tenant
from tests.sealing.sealed import as_tenant


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit.event SET actor = 'x'",
        "DELETE FROM audit.event",
        "INSERT INTO audit.event (action, actor) VALUES ('x', 'y')",
        "TRUNCATE audit.event",
        "UPDATE audit.seal SET batch = 9",
        "DELETE FROM audit.seal",
        "TRUNCATE audit.seal",
        "DROP TABLE audit.event_default",
        "SELECT * FROM audit.event_default",
        "SELECT * FROM public.contacts_contact",
        "SELECT * FROM public.accounts_user",
        "SELECT * FROM amana.identity",
        "SELECT activity_api.read()",
        "SELECT audit.make_month('2030-01-01')",
        "CREATE TABLE audit.mine ()",
        "ALTER TABLE audit.event DETACH PARTITION audit.event_default",
        "SET ROLE audit_owner",
        "SELECT nextval('audit.event_id')",
    ],
)
def test_the_sealer_may_read_and_add_and_nothing_else(acme: Tenant, statement: str) -> None:
    with sealer(acme.place) as connection, pytest.raises(errors.InsufficientPrivilege):
        connection.execute(statement.encode())


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT * FROM audit.seal",
        "INSERT INTO audit.seal (batch) VALUES (9)",
        "SELECT audit.horizon('0')",
        "SELECT audit.keep_months(3)",
        "SELECT audit.drop_month('2020-01-01')",
        "SELECT audit.strays(1)",
    ],
)
def test_the_application_may_do_nothing_of_it(acme: Tenant, statement: str) -> None:
    with as_tenant(acme) as connection, pytest.raises(errors.InsufficientPrivilege):
        connection.execute(statement.encode())
