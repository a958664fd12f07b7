"""What the rows tell: who isn't protected, what is damaged, and that nothing plans."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from accounts.models import User
from audit.models import Alarm
from backups.alarming.raising import raise_alarm
from backups.alarming.standing import standing as alarms_that_stand
from backups.alarming.watching import watch
from backups.models import Backup, Drill, Pulse, Restore
from tenants.binding import CATALOG, bound_to
from tenants.models import Tenant
from tests.backups.alarming.conftest import copied, standing
from tests.support import fleet

pytestmark = pytest.mark.usefixtures("quiet")


def watched() -> set[tuple[str, str]]:
    with bound_to(CATALOG):
        watch()
    return standing()


def set_back(hours: float) -> None:
    """All copies are so old."""
    with bound_to(CATALOG):
        Backup.objects.update(snapshot_at=timezone.now() - timedelta(hours=hours))


def test_nobody_is_alarmed_while_everybody_is_protected() -> None:
    set_back(25.9)
    assert watched() == set()


def test_a_copy_older_than_26_hours_alarms_until_there_is_a_newer_one(acme: Tenant, globex: Tenant) -> None:
    set_back(26.1)
    assert watched() == {("stale", acme.schema_name), ("stale", globex.schema_name), ("stale", "catalog")}
    assert len(watched()) == 3
    copied(acme)
    copied(None)
    assert watched() == {("stale", globex.schema_name)}


def test_it_says_whose_and_of_when(acme: Tenant) -> None:
    with bound_to(CATALOG):
        Backup.objects.filter(tenant=acme).update(snapshot_at=timezone.now() - timedelta(hours=30))
        watch()
        says = Alarm.objects.get().says
    at = timezone.now() - timedelta(hours=30)
    assert says == f"The newest good copy of acme is of {at:%Y-%m-%d %H:%M} UTC: older than 26 hours."


@pytest.mark.parametrize(
    "values",
    [
        {"damage": "Its digest is another."},
        {"removed_at": timezone.now()},
        {"state": "failed"},
        {"snapshot_at": timezone.now() + timedelta(days=1)},
    ],
)
def test_a_copy_that_cannot_be_restored_protects_nobody(acme: Tenant, values: dict[str, object]) -> None:
    with bound_to(CATALOG):
        Backup.objects.filter(tenant=acme).update(**values)
    assert ("stale", acme.schema_name) in watched()


def test_whoever_is_new_has_an_hour_for_the_first_copy(acme: Tenant) -> None:
    with bound_to(CATALOG):
        Backup.objects.filter(tenant=acme).delete()
        Tenant.objects.filter(pk=acme.pk).update(created_at=timezone.now() - timedelta(minutes=59))
    assert watched() == set()
    with bound_to(CATALOG):
        Tenant.objects.filter(pk=acme.pk).update(created_at=timezone.now() - timedelta(minutes=61))
    assert watched() == {("stale", acme.schema_name)}


def test_a_damaged_copy_alarms_until_it_is_gone(acme: Tenant) -> None:
    copy = copied(acme, hours=50, damage="Its digest is another.")
    assert watched() == {("damaged", acme.schema_name)}
    with bound_to(CATALOG):
        Backup.objects.filter(pk=copy.pk).update(removed_at=timezone.now())
    assert watched() == set()


def test_a_planner_that_is_silent_for_five_minutes_alarms() -> None:
    with bound_to(CATALOG):
        Pulse.objects.update(at=timezone.now() - timedelta(minutes=4, seconds=50))
    assert watched() == set()
    with bound_to(CATALOG):
        Pulse.objects.update(at=timezone.now() - timedelta(minutes=5, seconds=1))
    assert watched() == {("scheduler", "")}


def proven(tenant: Tenant | None, days: float, **values: object) -> None:
    """A copy of 40 days ago, and a drill of it that ended so many days ago."""
    copy = copied(tenant, hours=40 * 24, verified_at=timezone.now())
    at = timezone.now() - timedelta(days=days)
    told = {"state": "done", "finished_at": at, **values}
    with bound_to(CATALOG):
        Drill.objects.create(tenant=tenant, backup=copy, **told)


def test_whoever_wasnt_drilled_for_thirty_days_alarms_until_one_passes(acme: Tenant) -> None:
    proven(acme, 29.9)
    proven(None, 29.9)
    assert watched() == set()
    with bound_to(CATALOG):
        Drill.objects.update(finished_at=timezone.now() - timedelta(days=30.1))
    assert watched() == {("undrilled", acme.schema_name), ("undrilled", "catalog")}
    with bound_to(CATALOG):
        says = Alarm.objects.get(database=acme.schema_name).says
    at = timezone.now() - timedelta(days=30.1)
    assert says == (
        f"No drill of acme has passed within 30 days, the last was on {at:%Y-%m-%d}: is the worker drill running?"
    )
    proven(acme, 0)
    assert watched() == {("undrilled", "catalog")}


@pytest.mark.parametrize("values", [{"state": "failed", "failed_step": "content"}, {"state": "failed"}])
def test_a_drill_that_failed_or_was_stopped_is_none(acme: Tenant, values: dict[str, str]) -> None:
    proven(acme, 0.1, **values)
    assert watched() == {("undrilled", acme.schema_name)}


def test_whoever_has_copies_for_less_than_thirty_days_may_still_wait_for_a_drill(
    acme: Tenant, globex: Tenant
) -> None:
    copied(acme, hours=29.9 * 24, verified_at=timezone.now())
    copied(globex, hours=30.1 * 24, verified_at=timezone.now(), removed_at=timezone.now())
    assert watched() == {("undrilled", globex.schema_name)}


def test_copies_that_nobody_reads_for_two_weeks_alarm_once_for_all(acme: Tenant, globex: Tenant) -> None:
    unread = copied(acme, hours=13.9 * 24)
    copied(globex, hours=20 * 24, damage="Its digest is another.", removed_at=timezone.now())
    assert watched() == set()
    with bound_to(CATALOG):
        Backup.objects.filter(pk=unread.pk).update(finished_at=timezone.now() - timedelta(days=14.1))
        Backup.objects.filter(tenant=globex).update(verified_at=timezone.now() - timedelta(days=15))
    assert watched() == {("unverified", "")}
    with bound_to(CATALOG):
        says = Alarm.objects.get().says
        Backup.objects.update(verified_at=timezone.now())
    assert says == "Copies that weren't verified for 14 days: 2. Is the worker drill running?"
    assert watched() == set()


def late(tenant: Tenant | None, hours: float, **values: object) -> Backup:
    """A copy of 40 days ago that should have ended so many hours ago."""
    told = {"expires_at": timezone.now() - timedelta(hours=hours), "verified_at": timezone.now(), **values}
    return copied(tenant, hours=40 * 24, removed_at=None, **told)


def drilled_just_now(*whose: Tenant | None) -> None:
    """So that no alarm but the one in question stands; the newest copy is as well proven as any."""
    with bound_to(CATALOG):
        Backup.objects.update(drilled_at=timezone.now(), verified_at=timezone.now())
        for each in whose:
            copy = Backup.objects.filter(tenant=each).latest("snapshot_at")
            Drill.objects.create(tenant=each, backup=copy, state="done", finished_at=timezone.now())


@pytest.mark.parametrize(
    ("hours", "values", "stands"),
    [
        (47, {}, False),
        (49, {}, True),
        (49, {"hold_until": timezone.now() + timedelta(days=9)}, False),
        (49, {"damage": "Its digest is another."}, True),
    ],
)
def test_a_copy_that_should_have_ended_two_days_ago_alarms(
    acme: Tenant, hours: float, values: dict[str, object], stands: bool
) -> None:
    for whose in (acme, None):
        late(whose, hours, **values)
    drilled_just_now(acme, None)
    assert (("overdue", "") in watched()) is stands
    if stands:
        with bound_to(CATALOG):
            says = Alarm.objects.get(kind="overdue").says
            Backup.objects.filter(expires_at__isnull=False).update(removed_at=timezone.now())
        assert says.startswith("Copies that should have ended 2 days ago, and haven't: 2.")
        assert ("overdue", "") not in watched()


@pytest.mark.parametrize("newest", ["gone", "unverified", "undrilled", "damaged", "good"])
def test_the_last_good_copy_is_never_overdue(acme: Tenant, newest: str) -> None:
    late(acme, 100)
    drilled_just_now(acme)
    copy = Backup.objects.filter(tenant=acme, expires_at=None)
    values: dict[str, dict[str, object]] = {
        "gone": {"removed_at": timezone.now()},
        "unverified": {"verified_at": None},
        "undrilled": {"drilled_at": None},
        "damaged": {"damage": "Its digest is another."},
        "good": {},
    }
    with bound_to(CATALOG):
        if values[newest]:
            copy.update(**values[newest])
    assert (("overdue", "") in watched()) is (newest == "good")


def test_a_drill_or_an_open_restore_keeps_a_copy_beyond_its_time(acme: Tenant) -> None:
    old = late(acme, 100)
    drilled_just_now(acme)
    with bound_to(CATALOG):
        drill = Drill.objects.create(tenant=acme, backup=old)
    assert ("overdue", "") not in watched()
    with bound_to(CATALOG):
        drill.delete()
        Restore.objects.create(
            tenant=acme, backup=old, purpose="legal", reason="An inquiry", requested_by="oscar"
        )
    assert ("overdue", "") not in watched()


def test_what_others_raised_stands_until_they_end_it_or_the_tenant_is_closed(acme: Tenant) -> None:
    raise_alarm("drill", acme, "It failed at the step restore.")
    raise_alarm("storage", None, "It doesn't answer.")
    assert watched() == {("drill", acme.schema_name), ("storage", "")}
    with bound_to(CATALOG):
        Tenant.objects.filter(pk=acme.pk).update(state="closed")
    assert watched() == {("storage", "")}


def test_operators_see_it_on_every_page_and_nobody_else_does(
    oscar_client: Client, alice_client: Client, acme: Tenant
) -> None:
    raise_alarm("drill", acme, "It failed at the step restore.")
    page = oscar_client.get("/").content.decode()
    assert 'aria-label="Alarms about backups"' in page
    assert "It failed at the step restore." in page
    assert f'<a href="/backups/tenants/{acme.pk}/">' in page
    assert "It failed at the step restore." not in alice_client.get("/", follow=True).content.decode()


def test_an_alarm_leads_to_the_page_that_tells_more(acme: Tenant, settings: Settings) -> None:
    settings.ROOT_URLCONF = "config.urls_operator"
    for kind in ("keys", "drill"):
        raise_alarm(kind, acme, "Look at it.")
        raise_alarm(kind, None, "Look at it.")
    raise_alarm("storage", None, "It doesn't answer.")
    with bound_to(CATALOG):
        found = {(each.kind.value, each.whose): each.url for each in alarms_that_stand(9)}
    assert found == {
        ("keys", acme.name): "/recovery-keys/",
        ("keys", "The catalog"): "/recovery-keys/",
        ("drill", acme.name): f"/backups/tenants/{acme.pk}/",
        ("drill", "The catalog"): "/backups/catalog/",
        ("storage", ""): "/backups/",
    }


def test_whoever_may_not_see_backups_reads_of_no_alarm(operator_client: Client, acme: Tenant) -> None:
    """It names customers, and letters ask for the same permission."""
    raise_alarm("drill", acme, "Look at it.")
    with bound_to(CATALOG):
        priya = User.objects.invite("priya@amana.example", "Priya")
        Pulse.objects.update(at=timezone.now() - timedelta(minutes=6))
        fleet.let_in(operator_client, priya)
    page = operator_client.get("/preferences/").content.decode()
    assert ("Look at it." in page, "Alarms about backups" in page) == (False, False)


def test_it_leads_nowhere_where_one_may_not_go(operator_client: Client, acme: Tenant) -> None:
    raise_alarm("keys", acme, "Look at it.")
    raise_alarm("drill", acme, "Look at it.")
    with bound_to(CATALOG):
        priya = User.objects.invite("priya@amana.example", "Priya")
        fleet.give(priya, "platform.backup:view")
        fleet.let_in(operator_client, priya)
    page = operator_client.get("/preferences/").content.decode()
    notice = page[page.index("Alarms about backups") :].partition("</section>")[0]
    assert notice.count("Look at it.") == 2
    assert (f"/backups/tenants/{acme.pk}/" in notice, "/recovery-keys/" in notice) == (True, False)


def test_operators_see_a_dead_scheduler_though_nobody_watches(oscar_client: Client) -> None:
    with bound_to(CATALOG):
        Pulse.objects.update(at=timezone.now() - timedelta(minutes=6))
    assert "is beat running, and the worker default?" in oscar_client.get("/").content.decode()
    assert standing() == set()
