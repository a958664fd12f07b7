"""What the live database itself doesn't hold to is found in a drill: a rule not in force, a key that leads nowhere."""

from collections.abc import Callable, Iterator
from contextlib import nullcontext
from types import SimpleNamespace
from typing import Any, cast
from uuid import UUID

import pytest
from psycopg import Connection, Rollback

from backups.drilling.constraints import check_constraints
from backups.drilling.work import Work
from backups.exceptions import StepFailed
from backups.models import Backup, Drill
from backups.taking import take
from tenants.binding import CATALOG, bound_to
from tenants.models import Tenant
from tests.backups.conftest import claimed
from tests.backups.drilling.conftest import Drilled
from tests.backups.drilling.test_stored_wrong import failed_at
from tests.lifecycle.looking import superuser
from tests.sealing.sealed import SAYS

TABLES = """
    CREATE TABLE public.firm (id int PRIMARY KEY, size int CONSTRAINT is_big CHECK (size > 10));
    CREATE TABLE public.clerk (
        id int PRIMARY KEY, firm int CONSTRAINT works_there REFERENCES public.firm, boss int REFERENCES public.clerk);
    INSERT INTO public.firm VALUES (1, 11), (2, NULL);
    INSERT INTO public.clerk VALUES (1, 1, NULL), (2, 2, 1), (3, NULL, 2)"""


@pytest.fixture
def again(copy: Backup, drilled: Drilled) -> Iterator[Callable[[], Drill]]:
    """Another copy of Brindley, taken now and drilled."""

    def taken_and_drilled() -> Drill:
        backup = claimed(copy.tenant)
        take(backup)
        return drilled(backup)

    yield taken_and_drilled
    with bound_to(CATALOG):
        later = Backup.objects.filter(tenant=copy.tenant).exclude(pk=copy.pk)
        Drill.objects.filter(backup__in=later).delete()
        later.delete()


def test_a_rule_that_was_never_asked_of_old_rows(tenant: Tenant, again: Callable[[], Drill]) -> None:
    with superuser(tenant.schema_name) as connection:
        connection.execute(
            "ALTER TABLE contacts_contact ADD CONSTRAINT no_wine CHECK (name <> 'Harbour Wine BV') NOT VALID"
        )
        try:
            failed_at(again(), "constraints", "no_wine on public.contacts_contact isn't validated.")
        finally:
            connection.execute("ALTER TABLE contacts_contact DROP CONSTRAINT no_wine")


@pytest.mark.slow
def test_a_row_whose_other_half_is_gone(tenant: Tenant, again: Callable[[], Drill]) -> None:
    """PostgreSQL doesn't build such a key anew: the copy couldn't be restored."""
    with superuser(tenant.schema_name) as connection:
        [(pk, user)] = connection.execute("SELECT id, user_id FROM accounts_assignment LIMIT 1").fetchall()
        given_to(connection, pk, UUID(int=1))
        try:
            drill = again()
        finally:
            given_to(connection, pk, user)
    assert drill.failed_step == "restore"
    assert 'violates foreign key constraint "accounts_assignment_user_id' in drill.error


def given_to(connection: Connection[Any], assignment: UUID, user: UUID) -> None:
    """Past every key that leads to another table."""
    with connection.transaction():
        connection.execute("SET LOCAL session_replication_role = replica")
        connection.execute(SAYS)
        connection.execute("UPDATE accounts_assignment SET user_id = %s WHERE id = %s", [user, assignment])


@pytest.fixture
def scratch(databases: None) -> Iterator[Connection[Any]]:
    """Two tables, with rows that are as their rules say; nothing of it stays."""
    with superuser("scratch") as connection, connection.transaction():
        connection.execute(TABLES.encode())
        connection.execute("SET LOCAL session_replication_role = replica")
        yield connection
        raise Rollback


def checked(scratch: Connection[Any]) -> dict[str, Any]:
    pulse = SimpleNamespace(breaking_off=lambda _cancel: nullcontext())
    return check_constraints(cast("Work", SimpleNamespace(scratch=scratch, pulse=pulse))).details


def test_rows_that_are_as_the_rules_say_pass_also_where_a_value_is_missing(scratch: Connection[Any]) -> None:
    assert checked(scratch) == {"checks": 1, "foreign_keys": 2}


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ("DELETE FROM firm WHERE id = 2", "1 rows of public.clerk break works_there."),
        ("UPDATE clerk SET boss = 9", "3 rows of public.clerk break clerk_boss_fkey."),
    ],
)
def test_a_key_that_leads_nowhere_is_named_though_it_is_said_to_be_valid(
    scratch: Connection[Any], change: str, says: str
) -> None:
    scratch.execute(change.encode())
    with pytest.raises(StepFailed) as failed:
        checked(scratch)
    assert str(failed.value) == says


def test_a_row_that_breaks_a_rule_is_counted_though_that_is_said_to_be_valid(
    scratch: Connection[Any],
) -> None:
    """As where the rule calls a function that is another one now."""
    scratch.execute("ALTER TABLE firm DROP CONSTRAINT is_big")
    scratch.execute("UPDATE firm SET size = 3 WHERE id = 1")
    scratch.execute("ALTER TABLE firm ADD CONSTRAINT is_big CHECK (size > 10) NOT VALID")
    scratch.execute("UPDATE pg_constraint SET convalidated = true WHERE conname = 'is_big'")
    with pytest.raises(StepFailed, match=r"^1 rows of public.firm break is_big\.$"):
        checked(scratch)
