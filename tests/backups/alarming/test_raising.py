"""One alarm stands for each kind and database, however often it is raised."""

import pytest

from audit.models import Alarm
from audit.watching import watch
from backups.alarming.kinds import AlarmKind
from backups.alarming.raising import end_alarm, raise_alarm
from tenants.binding import CATALOG, bound_to
from tenants.models import Tenant


@pytest.fixture(autouse=True)
def no_alarms(catalog: None) -> None:
    with bound_to(CATALOG):
        Alarm.objects.all().delete()


def standing() -> list[tuple[str, str, str]]:
    with bound_to(CATALOG):
        return [*Alarm.objects.filter(closed_at=None).values_list("kind", "database", "says")]


def test_raised_twice_one_stands_with_the_first_words(acme: Tenant) -> None:
    raise_alarm(AlarmKind.DRILL, acme, "It failed at the step restore.")
    raise_alarm(AlarmKind.DRILL, acme, "It failed at the step fetch.")
    assert standing() == [("drill", acme.schema_name, "It failed at the step restore.")]


def test_each_tenant_and_the_catalog_have_one_of_their_own(acme: Tenant, globex: Tenant) -> None:
    for whose in (acme, globex, None):
        raise_alarm(AlarmKind.FAILED, whose, "It failed.")
    raise_alarm(AlarmKind.STORAGE, acme, "It doesn't answer.")
    raise_alarm(AlarmKind.STORAGE, None, "It doesn't answer.")
    assert {database for kind, database, _ in standing() if kind == "failed"} == {
        acme.schema_name,
        globex.schema_name,
        "catalog",
    }
    assert [database for kind, database, _ in standing() if kind == "storage"] == [""]


def test_ended_it_stands_no_more_and_may_open_again(acme: Tenant, globex: Tenant) -> None:
    raise_alarm(AlarmKind.FAILED, acme, "It failed.")
    raise_alarm(AlarmKind.FAILED, globex, "It failed.")
    end_alarm(AlarmKind.FAILED, acme)
    end_alarm(AlarmKind.FAILED, acme)
    assert [database for _, database, _ in standing()] == [globex.schema_name]

    raise_alarm(AlarmKind.FAILED, acme, "It failed once more.")
    assert len(standing()) == 2


def test_it_is_raised_in_the_catalog_while_a_tenant_is_bound(acme: Tenant) -> None:
    with bound_to(acme):
        raise_alarm(AlarmKind.DRILL, acme, "It failed at the step seal.")
    assert standing() == [("drill", acme.schema_name, "It failed at the step seal.")]


def test_whoever_watches_sealing_leaves_them_alone(acme: Tenant) -> None:
    raise_alarm(AlarmKind.DAMAGED, acme, "Its digest is another.")
    with bound_to(CATALOG):
        watch()
    assert ("damaged", acme.schema_name, "Its digest is another.") in standing()


def test_a_kind_that_nobody_knows_is_refused(acme: Tenant) -> None:
    with pytest.raises(ValueError, match="bored"):
        raise_alarm("bored", acme, "Nothing happens.")
    assert standing() == []
