"""What is due is written once for each tenant, tier and moment, whoever plans and whatever the clock does."""

from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest

from backups.models import Backup, Policy, Pulse
from backups.scheduling.moments import last_due, next_due
from backups.scheduling.planning import OVERTAKEN, plan
from tenants.binding import CATALOG, bound_to
from tenants.models import Server, Tenant
from tests.backups.scheduling.conftest import NIGHT

pytestmark = pytest.mark.usefixtures("schedule")
DAY = timedelta(days=1)


def planned(*ats: datetime) -> Counter[tuple[str, str]]:
    """Whose copies of which tier there are, once it was planned at these moments."""
    with bound_to(CATALOG):
        for at in ats:
            plan(at)
        copies = Backup.objects.select_related("tenant")
        return Counter((copy.tenant.slug if copy.tenant else "catalog", copy.tier) for copy in copies)


def once_each(**more: int) -> Counter[tuple[str, str]]:
    whose = ("acme", "globex", "catalog")
    return Counter({(name, tier): 1 + more.get(tier, 0) for name in whose for tier in ("daily", "weekly")})


def test_everybody_has_one_of_each_tier_however_often_it_is_planned() -> None:
    assert planned(NIGHT, NIGHT, NIGHT + timedelta(minutes=1)) == once_each()


def test_it_is_due_within_the_window_at_a_moment_of_its_own() -> None:
    planned(NIGHT)
    with bound_to(CATALOG):
        dues = [*Backup.objects.filter(tier="daily").values_list("due", flat=True)]
    opens = datetime(2026, 3, 4, 1, 0, tzinfo=UTC)
    assert len({*dues}) == 3
    assert all(opens <= due < opens + timedelta(hours=4) for due in dues)


def test_python_draws_the_same_moments_as_the_database(cast: dict[str, Tenant]) -> None:
    planned(NIGHT)
    with bound_to(CATALOG):
        policies = {policy.tier: policy for policy in Policy.objects.all()}
        for copy in Backup.objects.all():
            policy = policies[copy.tier]
            assert copy.due == last_due(policy, copy.tenant_id, NIGHT)
            assert next_due(policy, copy.tenant_id, NIGHT) > NIGHT


def test_a_week_holds_seven_daily_copies_and_one_weekly() -> None:
    hours = [NIGHT + timedelta(hours=number) for number in range(7 * 24)]
    assert planned(*hours) == once_each(daily=7, weekly=1)


def test_of_five_missed_days_one_is_caught_up() -> None:
    assert planned(NIGHT, NIGHT + 5 * DAY)["acme", "daily"] == 2


@pytest.mark.parametrize("jump", [-DAY, DAY, timedelta(hours=30), -timedelta(days=3)])
def test_a_clock_that_jumps_and_is_set_right_makes_one_more_at_most_and_loses_none(jump: timedelta) -> None:
    astray = NIGHT + timedelta(minutes=5) + jump
    ticks = [NIGHT, astray, astray + timedelta(minutes=1), NIGHT + timedelta(hours=1)]
    copies = planned(*ticks)["acme", "daily"]
    assert copies in (1, 2)
    for day in (1, 2):
        assert planned(NIGHT + day * DAY)["acme", "daily"] == copies + day


def test_a_clock_that_goes_back_a_day_for_good_makes_a_copy_each_of_its_days() -> None:
    assert planned(NIGHT, NIGHT - DAY, NIGHT, NIGHT + DAY)["acme", "daily"] == 3


def test_a_tenant_created_today_is_due_at_once() -> None:
    with bound_to(CATALOG):
        Tenant.objects.filter(slug="acme").update(created_at=NIGHT - timedelta(minutes=1))
    found = planned(NIGHT)
    assert (found["acme", "daily"], found["acme", "weekly"]) == (1, 0)
    assert planned(NIGHT + 7 * DAY)["acme", "weekly"] == 1


@pytest.mark.parametrize(
    ("state", "copies"),
    [("suspended", 1), ("leaving", 1), ("provisioning", 0), ("closing", 0), ("closed", 0)],
)
def test_whoever_has_a_database_is_copied(state: str, copies: int) -> None:
    with bound_to(CATALOG):
        Tenant.objects.filter(slug="acme").update(state=state)
    assert planned(NIGHT)["acme", "daily"] == copies


def test_a_window_that_is_moved_ahead_makes_no_second_copy_of_a_day() -> None:
    planned(NIGHT)
    with bound_to(CATALOG):
        Policy.objects.update(window_minutes=10)
    assert planned(NIGHT + timedelta(minutes=1)) == once_each()


def test_what_waits_is_given_up_for_the_next_and_what_is_in_hand_is_not() -> None:
    planned(NIGHT)
    with bound_to(CATALOG):
        first = Backup.objects.get(tenant__slug="acme", tier="daily")
        held = Backup.objects.get(tenant__slug="globex", tier="daily")
        held.begin()
    planned(NIGHT + DAY)
    with bound_to(CATALOG):
        first.refresh_from_db()
        held.refresh_from_db()
        assert (first.state, first.error) == ("failed", OVERTAKEN)
        assert held.state == "running"
        assert Backup.objects.filter(tenant=None, tier="daily").values_list("state", flat=True)[0] == "failed"
        assert Backup.objects.filter(tenant__slug="acme", tier="daily", state="waiting").count() == 1


def test_a_copy_abandoned_by_a_dead_worker_is_given_up_as_well() -> None:
    planned(NIGHT)
    with bound_to(CATALOG):
        left = Backup.objects.get(tenant__slug="acme", tier="daily")
        left.begin()
        left.write(lease_until=NIGHT)
    planned(NIGHT + DAY)
    with bound_to(CATALOG):
        left.refresh_from_db()
    assert (left.state, left.error) == ("failed", OVERTAKEN)


def test_a_copy_on_demand_is_nobodys_concern_here() -> None:
    with bound_to(CATALOG):
        asked = Backup.objects.create(tenant=None, tier="manual", due=NIGHT - 3 * DAY)
    planned(NIGHT)
    with bound_to(CATALOG):
        asked.refresh_from_db()
    assert asked.state == "waiting"


def test_each_tick_leaves_the_planners_pulse() -> None:
    planned(NIGHT, NIGHT + DAY)
    with bound_to(CATALOG):
        pulse = Pulse.objects.get(name="planner")
    assert (pulse.name, pulse.since, pulse.at) == ("planner", NIGHT, NIGHT + DAY)


@pytest.mark.slow
def test_ten_thousand_tenants_are_spread_over_window_and_week_in_a_second() -> None:
    with bound_to(CATALOG):
        server = Server.objects.get(name="primary")
        many = [Tenant(slug=f"many-{n}", name="Many", state="active", server=server) for n in range(10_000)]
        for each in many:
            each.created_at = NIGHT - 30 * DAY
        Tenant.objects.bulk_create(many, batch_size=2000)
        Tenant.objects.update(created_at=NIGHT - 30 * DAY)
        plan(NIGHT)
        started = datetime.now(UTC)
        assert plan(NIGHT) == 0
        assert datetime.now(UTC) - started < timedelta(seconds=1)
        dues = [*Backup.objects.filter(tier="daily").values_list("due", flat=True)]
        days = Counter(
            due.weekday() for due in Backup.objects.filter(tier="weekly").values_list("due", flat=True)
        )
    quarters = Counter(due.hour * 4 + due.minute // 15 for due in dues)
    assert len(quarters) == 16
    assert max(quarters.values()) < 2 * min(quarters.values())
    assert len(days) == 7
    assert min(days.values()) > 1000
