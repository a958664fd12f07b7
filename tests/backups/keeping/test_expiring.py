"""Copies end when their policy says so; the last good one, what is held and what is in use never do."""

from datetime import timedelta

import pytest
from django.utils import timezone

from audit.context import acting
from audit.reading import read
from backups.exceptions import BackupRefused, StorageAway
from backups.keeping.expiring import apply_policy, expire, expire_what_can_be, last_copy_ends, would_expire
from backups.keeping.holding import hold, release
from backups.keeping.removing import remove
from backups.models import Backup, Drill, Policy, Restore, Tier
from backups.storage.folder import Folder
from tenants.binding import CATALOG, bound_to
from tenants.models import Tenant
from tests.backups.conftest import forget_copies
from tests.backups.keeping.copies_in_rows import copy_of, now, there

LAST_GOOD = "It is the last good copy: take another one and verify it first."


@pytest.fixture(autouse=True)
def alone(catalog: None) -> None:
    """No copies but the test's own."""
    with bound_to(CATALOG):
        forget_copies()


def test_daily_copies_go_after_30_days_and_weekly_ones_after_90(
    acme: Tenant, globex: Tenant, store: Folder
) -> None:
    ages = {Tier.DAILY: (1, 29.9, 30.1, 60), Tier.WEEKLY: (3, 31, 89.9, 90.1)}
    copies = {
        (whose.slug, tier, days): copy_of(whose, store, days, tier)
        for whose in (acme, globex)
        for tier, each in ages.items()
        for days in each
    }
    removed = {copies[whose, tier, days].pk for whose in ("acme", "globex") for tier, days in EXPIRED}
    assert {each.pk for each in expire().removed} == removed
    for copy in copies.values():
        assert there(store, copy) == (copy.pk not in removed)
        assert (now(copy).removed_at is None) == (copy.pk not in removed)
    assert expire().removed == []


EXPIRED = [(Tier.DAILY, 30.1), (Tier.DAILY, 60), (Tier.WEEKLY, 90.1)]


def test_the_end_of_a_copy_is_in_the_log(acme: Tenant, store: Folder) -> None:
    copy_of(acme, store, 1)
    old = copy_of(acme, store, 40)
    expire()
    with bound_to(CATALOG):
        [event] = read(most=1, action="backups.removed")
    assert (event.outcome, event.object_id) == ("done", str(old.pk))
    assert event.details == {"tenant": "acme", "copy": old.name, "why": "its time had come"}


def test_to_say_what_would_go_removes_nothing(acme: Tenant, store: Folder) -> None:
    newest, old = copy_of(acme, store, 31), copy_of(acme, store, 40)
    heard: list[str] = []
    found = would_expire(tell=heard.append)
    assert (found.removed, found.kept) == ([old], [(newest, LAST_GOOD)])
    assert heard == [f"acme {old.name} would go.", f"acme {newest.name} stays: {LAST_GOOD}"]
    assert there(store, old)
    assert now(old).is_stored


def test_the_last_copy_of_each_stays_however_old_it_is(acme: Tenant, globex: Tenant, store: Folder) -> None:
    last = [copy_of(whose, store, 400) for whose in (acme, globex, None)]
    old = [copy_of(whose, store, 500) for whose in (acme, globex, None)]
    found = expire()
    assert {each.pk for each in found.removed} == {each.pk for each in old}
    assert {(each.pk, why) for each, why in found.kept} == {(each.pk, LAST_GOOD) for each in last}
    assert all(there(store, each) for each in last)


def test_the_newest_proven_ones_stay_until_a_newer_one_is_proven(acme: Tenant, store: Folder) -> None:
    at = timezone.now()
    drilled = copy_of(acme, store, 60, drilled_at=at, verified_at=at)
    verified = copy_of(acme, store, 50, verified_at=at)
    neither = copy_of(acme, store, 40)
    newest = copy_of(acme, store, 35)
    assert expire().removed == [neither]
    assert [there(store, each) for each in (drilled, verified, newest)] == [True, True, True]
    proven = copy_of(acme, store, 1, drilled_at=at, verified_at=at)
    assert {each.pk for each in expire().removed} == {drilled.pk, verified.pk, newest.pk}
    assert there(store, proven)


def test_a_damaged_copy_is_no_last_good_one(acme: Tenant, store: Folder) -> None:
    good = copy_of(acme, store, 60)
    damaged = copy_of(acme, store, 31, damage="its SHA-256 is another")
    assert expire().removed == [damaged]
    assert there(store, good)


def test_where_none_is_good_all_stay(acme: Tenant, store: Folder) -> None:
    copies = [copy_of(acme, store, days, damage="truncated") for days in (31, 60)]
    assert expire().removed == []
    assert all(there(store, each) for each in copies)


def test_globexs_good_copies_dont_make_acmes_last_one_dispensable(
    acme: Tenant, globex: Tenant, store: Folder
) -> None:
    last = copy_of(acme, store, 60)
    for days in (1, 2, 3):
        copy_of(globex, store, days)
    copy_of(None, store, 1)
    assert expire().removed == []
    assert there(store, last)


def test_a_closed_tenants_copies_go_by_rotation_to_the_last_one(acme: Tenant, store: Folder) -> None:
    last, old = copy_of(acme, store, 20), copy_of(acme, store, 40)
    with bound_to(CATALOG):
        Tenant.objects.filter(pk=acme.pk).update(state="closing")
    assert expire().removed == [old]
    with bound_to(CATALOG):
        Tenant.objects.filter(pk=acme.pk).update(state="closed")
        assert last_copy_ends(acme) == now(last).expires_at
    assert expire().removed == []
    with bound_to(CATALOG):
        Backup.objects.filter(pk=last.pk).update(snapshot_at=timezone.now() - timedelta(days=31))
    assert expire().removed == [last]
    assert not there(store, last)
    with bound_to(CATALOG):
        assert last_copy_ends(acme) is None


def test_what_is_held_stays_until_it_is_released(acme: Tenant, store: Folder) -> None:
    copy_of(acme, store, 1)
    old = copy_of(acme, store, 40)
    until = timezone.now() + timedelta(days=365)
    with acting("operator:oscar"):
        hold(old, until, "Inquiry 2026/17", "Oscar")
    [(kept, why)] = expire().kept
    assert (kept, why) == (old, "It is on hold: release it first.")
    assert (old.is_held, now(old).hold_by, now(old).hold_reason) == (True, "Oscar", "Inquiry 2026/17")
    with bound_to(CATALOG):
        [event] = read(most=1, action="backups.held")
        assert last_copy_ends(acme) == until
    assert (event.actor, event.reason) == ("operator:oscar", "Inquiry 2026/17")
    assert event.details == {"tenant": "acme", "copy": old.name, "until": f"{until:%Y-%m-%d}"}
    with pytest.raises(BackupRefused, match="another operator must end that"):
        release(old, "The inquiry is over", "Oscar")
    assert now(old).is_held
    release(old, "The inquiry is over", "Priya")
    assert expire().removed == [old]


def test_a_hold_whose_day_has_gone_by_holds_on(acme: Tenant, store: Folder) -> None:
    """That day is a matter of clocks, and what a court demands isn't."""
    copy_of(acme, store, 1)
    old = copy_of(acme, store, 40, hold_until=timezone.now() - timedelta(days=1))
    assert expire().kept == [(old, "It is on hold: release it first.")]
    with pytest.raises(BackupRefused, match="It is on hold"):
        remove(old, "somebody asked for it")
    assert there(store, old)


def test_a_hold_that_makes_no_sense_is_refused(acme: Tenant, store: Folder) -> None:
    copy, later = copy_of(acme, store, 1), timezone.now() + timedelta(days=1)
    gone = copy_of(acme, store, 2, removed_at=timezone.now())
    for backup, until, reason, words in (
        (copy, timezone.now(), "Inquiry", "That day has gone by"),
        (copy, later, "  ", "Say why it must be kept"),
        (gone, later, "Inquiry", "There is no such copy in the storage"),
    ):
        with pytest.raises(BackupRefused, match=words):
            hold(backup, until, reason, "Oscar")
        assert now(backup).hold_until is None
    with pytest.raises(BackupRefused, match="It isn't held"):
        release(copy, "none", "Oscar")


@pytest.mark.parametrize("state", ["waiting", "running"])
def test_what_a_drill_is_using_stays(acme: Tenant, store: Folder, state: str) -> None:
    copy_of(acme, store, 1)
    old = copy_of(acme, store, 40)
    with bound_to(CATALOG):
        drill = Drill.objects.create(tenant=acme, backup=old, state=state)
    assert expire().kept == [(old, "A drill is using it.")]
    with bound_to(CATALOG):
        Drill.objects.filter(pk=drill.pk).update(state="failed")
    assert expire().removed == [old]


@pytest.mark.parametrize("state", ["requested", "approved", "running", "ready", "failed"])
def test_what_a_restore_needs_stays(acme: Tenant, store: Folder, state: str) -> None:
    copy_of(acme, store, 1)
    old = copy_of(acme, store, 40)
    with bound_to(CATALOG):
        restore = Restore.objects.create(
            tenant=acme, backup=old, purpose="disaster", reason="x", requested_by="Alice", state=state
        )
    assert expire().kept == [(old, "A restore needs it, or was asked for.")]
    with bound_to(CATALOG):
        Restore.objects.filter(pk=restore.pk).update(state="swapped")
    assert expire().removed == [old]


def test_another_policy_counts_for_what_is_there_too(acme: Tenant, store: Folder) -> None:
    copy_of(acme, store, 1)
    daily, weekly = copy_of(acme, store, 20), copy_of(acme, store, 20, Tier.WEEKLY)
    assert expire().removed == []
    with bound_to(CATALOG):
        policy = Policy.objects.get(tier=Tier.DAILY)
        policy.keep_days = 14
        policy.save()
        assert apply_policy(policy) == 2
    assert daily.snapshot_at
    assert now(daily).expires_at == daily.snapshot_at + timedelta(days=14)
    assert expire().removed == [daily]
    assert there(store, weekly)


def test_a_shorter_policy_ends_nothing_before_its_day(acme: Tenant, store: Folder) -> None:
    copy_of(acme, store, 1)
    old, older = copy_of(acme, store, 40), copy_of(acme, store, 61)
    with bound_to(CATALOG):
        Policy.objects.filter(tier=Tier.DAILY).update(
            keep_days=60, shorter_days=30, shorter_from=timezone.now() + timedelta(hours=1)
        )
    assert expire().removed == [older]
    with bound_to(CATALOG):
        Policy.objects.filter(tier=Tier.DAILY).update(shorter_from=timezone.now())
    assert expire().removed == [old]
    with bound_to(CATALOG):
        policy = Policy.objects.get(tier=Tier.DAILY)
    assert (policy.keep_days, policy.shorter_days, policy.shorter_from) == (30, None, None)


def test_what_was_found_again_is_spared_for_as_long_as_was_said(acme: Tenant, store: Folder) -> None:
    """After the catalog was lost, whatever is older than the policy would end at once, and unproven."""
    copy_of(acme, store, 1)
    until = timezone.now() + timedelta(days=30)
    old = copy_of(acme, store, 40, spared_until=until, expires_at=timezone.now())
    young = copy_of(acme, store, 2, spared_until=timezone.now())
    assert expire().removed == []
    assert young.snapshot_at
    assert [now(each).expires_at for each in (old, young)] == [until, young.snapshot_at + timedelta(days=30)]
    with bound_to(CATALOG):
        Backup.objects.filter(pk=old.pk).update(spared_until=timezone.now())
    assert expire().removed == [old]


def test_on_demand_what_must_stay_stays(acme: Tenant, store: Folder) -> None:
    last = copy_of(acme, store, 1)
    other = copy_of(acme, store, 2)
    with pytest.raises(BackupRefused, match="It is the last good copy"):
        remove(last, "somebody asked for it")
    assert there(store, last)
    remove(other, "somebody asked for it")
    assert not there(store, other)
    with pytest.raises(BackupRefused, match="There is no such copy"):
        remove(other, "somebody asked for it")


class Away(Folder):
    """The storage goes away before one object: a real folder, that refuses one name."""

    refused = ""

    def delete(self, name: str) -> None:
        if name.endswith(self.refused):
            raise StorageAway("The storage doesn't answer.")
        super().delete(name)


@pytest.fixture
def away(store: Folder, monkeypatch: pytest.MonkeyPatch) -> Away:
    away = Away(store.root)
    monkeypatch.setattr("backups.keeping.removing.open_store", lambda _role: away)
    return away


def test_a_copy_whose_manifest_cant_be_removed_is_a_copy_still(
    acme: Tenant, store: Folder, away: Away
) -> None:
    copy_of(acme, store, 1)
    old = copy_of(acme, store, 40)
    away.refused = "manifest.json"
    with pytest.raises(StorageAway):
        expire()
    assert now(old).is_stored
    assert len([*store.list(f"{old.folder}/")]) == 3
    with bound_to(CATALOG):
        assert [each.outcome for each in read(most=2, action="backups.removed")] == ["failed", "done"]
    assert expire_what_can_be().removed == []
    away.refused = "nothing"
    assert expire().removed == [old]


def test_what_has_lost_its_manifest_is_no_copy_any_more(acme: Tenant, store: Folder, away: Away) -> None:
    copy_of(acme, store, 1)
    old = copy_of(acme, store, 40)
    away.refused = "manifest.sig"
    with pytest.raises(StorageAway):
        expire()
    assert not now(old).is_stored
    assert not (store.root / old.folder / "manifest.json").exists()
