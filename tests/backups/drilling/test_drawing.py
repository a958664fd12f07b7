"""The schedule proves the newest copy, and now and then one that has been lying for long."""

from datetime import timedelta

import pytest

from backups.drilling.drawing import in_turn
from backups.drilling.planning import plan
from backups.models import Backup, Drill
from tenants.binding import CATALOG, bound_to
from tenants.models import Tenant
from tests.backups.console.conftest import Named
from tests.backups.console.conftest import nobody_else as nobody_else
from tests.backups.console.conftest import tenant as tenant
from tests.backups.rows import copy_row, drill_row

pytestmark = pytest.mark.usefixtures("nobody_else")
DAY = timedelta(days=1)


@pytest.fixture
def initech(tenant: Named) -> Tenant:
    return tenant("initech")


def chosen(newest: Backup) -> Backup:
    with bound_to(CATALOG):
        return in_turn(newest)


def passed(copy: Backup, number: int) -> None:
    for _each in range(number):
        drill_row(copy, 30 * DAY)


def test_each_third_is_of_an_older_one(initech: Tenant) -> None:
    weekly = copy_row(initech, 60 * DAY, tier="weekly")
    newest = copy_row(initech)
    found = []
    for _turn in range(6):
        found.append(chosen(newest))
        passed(newest, 1)

    assert found == [newest, newest, weekly, newest, newest, weekly]


def test_what_was_never_proven_is_drawn_before_what_was(initech: Tenant) -> None:
    newest = copy_row(initech)
    for days in range(1, 9):
        copy_row(initech, days * DAY, drilled_at=newest.due)
    unproven = copy_row(initech, 40 * DAY, tier="weekly")
    passed(newest, 2)

    assert [chosen(newest) for _again in range(5)] == [unproven] * 5


def test_drawn_by_lot_everyone_comes_sometime(initech: Tenant) -> None:
    newest = copy_row(initech)
    older = {copy_row(initech, days * DAY).pk for days in (1, 2, 3)}
    passed(newest, 2)

    assert {chosen(newest).pk for _again in range(200)} == older


def test_neither_a_damaged_nor_a_removed_nor_anothers_copy_is_drawn(initech: Tenant, tenant: Named) -> None:
    newest = copy_row(initech)
    copy_row(initech, DAY, damage="a bit flipped")
    copy_row(initech, DAY * 2, removed_at=newest.due)
    copy_row(tenant("globex"), DAY * 3)
    copy_row(None, DAY * 4)
    passed(newest, 2)

    assert chosen(newest) == newest


def test_what_people_asked_for_or_what_failed_takes_nobodys_turn(initech: Tenant) -> None:
    copy_row(initech, DAY)
    newest = copy_row(initech)
    passed(newest, 1)
    drill_row(newest, 30 * DAY, is_scheduled=False)
    drill_row(newest, 30 * DAY, state="failed", failed_step="rows")

    assert chosen(newest) == newest


@pytest.mark.parametrize("whose", ["tenant", "catalog"])
def test_so_it_is_planned(initech: Tenant, whose: str) -> None:
    owner = initech if whose == "tenant" else None
    older, newest = copy_row(owner, 40 * DAY), copy_row(owner)
    passed(newest, 2)

    planned = plan()

    assert [each.backup_id for each in planned if each.tenant_id == (owner and owner.pk)] == [older.pk]
    with bound_to(CATALOG):
        assert Drill.objects.get(pk=planned[0].pk).is_scheduled
