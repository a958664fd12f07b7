"""A migration that is really pending, over four tenants."""

import subprocess
from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest
from django.conf import settings
from django.db import connection as bound_connection

from accounts.models import Role, User
from accounts.roles.changing import create_role
from tenants import fleet as product
from tenants.binding import CATALOG, bound_to
from tenants.fingerprints import code_fingerprint
from tenants.models import Tenant
from tenants.templating import ensure_template
from tests.lifecycle.fleet_of_four import (
    as_owner,
    begin_fleet,
    children_of,
    drop_templates_but,
    errors_of,
    finished_at,
    has_ledger,
    kill,
    migrate_fleet,
    migrations_locked,
    progress_of,
    rows_of,
    templates,
)
from tests.lifecycle.looking import superuser, wait_until, walls_down
from tests.support import fleet
from tests.support.command_line import end

pytestmark = pytest.mark.slow


@pytest.fixture
def others_set_aside(databases: None) -> Iterator[None]:
    """The rest of the suite's tenants stay at this release."""
    with bound_to(CATALOG):
        others = dict(Tenant.objects.with_database().values_list("pk", "state"))
        Tenant.objects.filter(pk__in=others).update(state="provisioning")
    yield
    with bound_to(CATALOG):
        for pk, state in others.items():
            Tenant.objects.filter(pk=pk).update(state=state)


@pytest.fixture
def four(others_set_aside: None, new_tenant: Callable[[str], Tenant]) -> list[Tenant]:
    return [new_tenant(slug) for slug in ("aaa", "bbb", "ccc", "ddd")]


@pytest.fixture(scope="module", autouse=True)
def next_templates_dropped(databases: None) -> Iterator[None]:
    yield
    drop_templates_but(code_fingerprint())


@pytest.fixture
def stuck(four: list[Tenant]) -> Iterator[tuple[subprocess.Popen[str], ExitStack]]:
    """aaa is migrated, bbb hangs at a lock, ccc and ddd wait; closing the stack lets go of the lock."""
    with ExitStack() as lock:
        lock.enter_context(migrations_locked(four[1]))
        running = begin_fleet("--processes", "1", lock_timeout="60s")
        try:
            wait_until(lambda: progress_of(four) == ["done", "failed", "waiting", "waiting"], 40)
            yield running, lock
        finally:
            kill(*children_of(running.pid))
            running.kill()
            running.communicate()


def test_all_are_brought_to_the_next_release(four: list[Tenant]) -> None:
    done = migrate_fleet()

    assert (done.code, done.error) == (0, "")
    assert done.lines == [
        "aaa: migrated",
        "bbb: migrated",
        "ccc: migrated",
        "ddd: migrated",
        "4 tenants were migrated; all are at this code's schema.",
    ]
    assert [has_ledger(tenant) for tenant in four] == [True] * 4
    assert {str(row["fingerprint"]) for row in rows_of(four)} != {four[0].fingerprint}
    assert len({row["fingerprint"] for row in rows_of(four)}) == 1
    for tenant, row in zip(four, rows_of(four), strict=True):
        tenant.fingerprint = str(row["fingerprint"])
        assert walls_down(tenant) == []
    with bound_to(four[0]), bound_connection.cursor() as cursor:
        cursor.execute("INSERT INTO ledger_entry (text) VALUES ('the grants came along')")


def test_one_broken_tenant_stops_no_other_and_is_the_only_one_redone(four: list[Tenant]) -> None:
    as_owner(four[2], "CREATE TABLE ledger_entry ()")

    failed = migrate_fleet()

    assert failed.code == 1
    assert failed.error == "CommandError: 1 of 4 tenants failed: ccc.\n"
    assert failed.lines == [
        "aaa: migrated",
        "bbb: migrated",
        'ccc: ProgrammingError: relation "ledger_entry" already exists',
        "ddd: migrated",
    ]
    assert rows_of(four)[2]["fingerprint"] == four[2].fingerprint
    before = [finished_at(tenant) for tenant in four]

    as_owner(four[2], "DROP TABLE ledger_entry")
    repaired = migrate_fleet()

    assert (repaired.code, repaired.error) == (0, "")
    assert repaired.lines[0] == "ccc: migrated"
    assert repaired.lines[1].startswith("1 tenants were migrated")
    after = [finished_at(tenant) for tenant in four]
    assert [one == other for one, other in zip(before, after, strict=True)] == [True, True, False, True]
    assert errors_of(four) == {}


@pytest.mark.slow
def test_who_holds_a_lock_too_long_is_named_and_the_rest_is_done(four: list[Tenant]) -> None:
    with migrations_locked(four[0]):
        failed = migrate_fleet()

    assert failed.code == 1
    assert failed.error == "CommandError: 1 of 4 tenants failed: aaa.\n"
    assert failed.lines[0] == "aaa: OperationalError: canceling statement due to lock timeout"
    assert [has_ledger(tenant) for tenant in four] == [False, True, True, True]
    assert migrate_fleet().code == 0


def test_killed_half_way_it_goes_on_where_it_stopped(
    four: list[Tenant], stuck: tuple[subprocess.Popen[str], ExitStack]
) -> None:
    running, lock = stuck
    kill(running.pid, *children_of(running.pid))
    lock.close()
    first = finished_at(four[0])

    again = migrate_fleet()

    assert (again.code, again.error) == (0, "")
    assert again.lines[:3] == ["bbb: migrated", "ccc: migrated", "ddd: migrated"]
    assert finished_at(four[0]) == first
    assert progress_of(four) == ["done"] * 4


@pytest.mark.slow
def test_where_only_the_workers_are_killed_nobody_counts_as_migrated(
    four: list[Tenant], stuck: tuple[subprocess.Popen[str], ExitStack]
) -> None:
    running, lock = stuck
    kill(*children_of(running.pid))

    failed = end(running)
    lock.close()

    assert failed.code == 1
    assert failed.error.endswith("CommandError: 3 of 4 tenants failed: bbb, ccc, ddd.\n")
    assert failed.lines == [
        "aaa: migrated",
        "bbb: It was interrupted: run migrate_fleet again.",
        "ccc: It wasn't reached: run migrate_fleet again.",
        "ddd: It wasn't reached: run migrate_fleet again.",
    ]
    assert migrate_fleet().code == 0


@pytest.mark.slow
def test_a_second_run_waits_for_the_first_and_finds_nothing_left(
    four: list[Tenant], stuck: tuple[subprocess.Popen[str], ExitStack]
) -> None:
    running, lock = stuck
    second = begin_fleet("--processes", "1", lock_timeout="60s")
    wait_until(lambda: len(waiting_for_a_lock()) == 1, 30)
    before = progress_of(four)
    lock.close()

    first, later = end(running), end(second)

    assert before == ["done", "failed", "waiting", "waiting"]  # by the second nothing was written down anew
    assert (first.code, first.error, later.code, later.error) == (0, "", 0, "")
    assert first.lines == [
        *(f"{name}: migrated" for name in ("aaa", "bbb", "ccc", "ddd")),
        "4 tenants were migrated; all are at this code's schema.",
    ]
    assert later.lines == [
        "Another migrate_fleet is running: this one goes on once that has ended.",
        "0 tenants were migrated; all are at this code's schema.",
    ]
    assert progress_of(four) == ["done"] * 4


def waiting_for_a_lock() -> list[object]:
    with superuser() as connection:
        return connection.execute(
            "SELECT FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"
        ).fetchall()


@pytest.mark.usefixtures("stuck")
def test_all_sites_answer_meanwhile(four: list[Tenant]) -> None:
    answers = [fleet.client_of(tenant.primary_host).get("/sign-in/") for tenant in four]
    assert [answer.status_code for answer in answers] == [200] * 4


def test_the_plan_names_who_is_behind_and_touches_no_tenant(four: list[Tenant]) -> None:
    before = rows_of(four)

    plan = migrate_fleet("--plan")

    assert (plan.code, plan.error) == (0, "")
    assert plan.lines == [
        *(f"{name} is behind" for name in ("aaa", "bbb", "ccc", "ddd")),
        "4 tenants are behind.",
    ]
    assert rows_of(four) == before
    assert progress_of(four) == [""] * 4
    assert not any(has_ledger(tenant) for tenant in four)


def test_the_old_template_is_kept_beside_the_new_one(four: list[Tenant]) -> None:
    version = ensure_template().version

    migrate_fleet("--plan")

    assert templates() == [(version + 1, True), (version, True)]
    assert ensure_template().version == version


def test_an_equal_fingerprint_is_nothing_to_do_and_opens_no_tenant(four: list[Tenant]) -> None:
    shut(four, to="false")
    try:
        assert product.migrate_fleet(2) == []
        assert product.plan() == []
    finally:
        shut(four, to="true")
    assert progress_of(four) == [""] * 4


def test_a_level_raised_without_a_migration_reaches_everybody(four: list[Tenant]) -> None:
    level = settings.AMANA_SCHEMA_LEVEL
    with bound_to(CATALOG):
        Tenant.objects.filter(pk=four[1].pk).update(schema_level=level - 1)

    assert product.migrate_fleet(1) == [product.Outcome("bbb", "")]

    with bound_to(CATALOG):
        assert Tenant.objects.get(pk=four[1].pk).schema_level == level
    assert product.plan() == []


def shut(tenants: list[Tenant], to: str) -> None:
    with superuser() as connection:
        for tenant in tenants:
            connection.execute(f"ALTER DATABASE {tenant.schema_name} ALLOW_CONNECTIONS {to}".encode())


def test_a_permission_of_the_next_release_reaches_built_in_roles_and_no_custom_one(
    others_set_aside: None, new_tenant: Callable[[str], Tenant]
) -> None:
    tenant = new_tenant("eee")
    with bound_to(tenant):
        owner = User.objects.get(email="owner@example.com")
        create_role("Desk", "", by=owner, codes=frozenset({"contacts.contact:view"}))

    assert migrate_fleet().code == 0

    assert roles_with(tenant, "create_entry") == ["Owner"]
    assert roles_with(tenant, "view_entry") == ["Auditor", "Owner"]
    assert "Desk" in roles_with(tenant, "view_contact")


def roles_with(tenant: Tenant, codename: str) -> list[str]:
    """This release's code doesn't know the permission: asked of the tables."""
    with bound_to(tenant):
        return [
            *Role.objects.filter(group__permissions__codename=codename)
            .values_list("name", flat=True)
            .order_by("name")
        ]
