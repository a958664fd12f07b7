"""An archived copy is kept to its last day and no longer; no clock alone, and nobody, ends it sooner."""

from datetime import timedelta

import pytest
from django.utils import timezone

from backups.archiving import keeping
from backups.archiving.keeping import FEW, end_what_is_over
from backups.archiving.retrieving import approve, ask
from backups.archiving.standing import verify_round
from backups.exceptions import EndingRefused
from backups.keeping.reconciling import reconcile
from backups.models import ArchivedCopy
from backups.storage.folder import Folder
from tenants.binding import CATALOG, bound_to
from tenants.models import Tenant
from tests.backups.archiving.conftest import SEALED, in_days, kept
from tests.backups.recovery_keys.looking import now, recorded


def names(store: Folder) -> list[str]:
    return [each.name for each in store.list()]


def test_it_ends_after_its_last_day(acme: Tenant, catalog: None, store: Folder) -> None:
    before = now()
    over, today = kept(acme, store, in_days(-1)), kept(acme, store, in_days(0))

    assert end_what_is_over() == 1

    assert names(store) == [today.name]
    with bound_to(CATALOG):
        assert ArchivedCopy.objects.get(pk=over.pk).condition == "removed"
        assert [*ArchivedCopy.objects.kept().filter(tenant=acme)] == [today]
    assert [outcome for outcome, _ in recorded("backups.archive_ended", before)] == ["done"]


def test_not_while_somebody_is_to_take_it_out(acme: Tenant, catalog: None, store: Folder) -> None:
    over = kept(acme, store, in_days(-1))
    with bound_to(CATALOG):
        found = ask(over, "operator:priya@amana.example", "dispute", "A court asks")
        approve(found, "operator:yusuf@amana.example")
    assert end_what_is_over() == 0
    assert names(store) == [over.name]


def test_what_nobody_agreed_to_is_over_with_it(acme: Tenant, catalog: None, store: Folder) -> None:
    over = kept(acme, store, in_days(-1))
    with bound_to(CATALOG):
        found = ask(over, "operator:priya@amana.example", "dispute", "A court asks")
    assert end_what_is_over() == 1
    with bound_to(CATALOG):
        found.refresh_from_db()
    assert (found.state, names(store)) == ("lapsed", [])


def test_our_clock_alone_ends_nothing(
    acme: Tenant, catalog: None, store: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    over = kept(acme, store, in_days(-1))
    real = timezone.now
    monkeypatch.setattr("backups.keeping.clock.timezone.now", lambda: real() + timedelta(days=4000))
    with pytest.raises(EndingRefused, match="seconds apart"):
        end_what_is_over()
    keeping.look_after()
    assert names(store) == [over.name]


def test_more_than_a_few_at_once_end_only_once_somebody_has_looked(
    acme: Tenant, catalog: None, store: Folder
) -> None:
    for _ in range(FEW + 1):
        kept(acme, store, in_days(-1))
    with pytest.raises(EndingRefused, match="expire_archive --agree 11"):
        end_what_is_over()
    assert len(names(store)) == FEW + 1
    assert end_what_is_over(FEW + 1) == FEW + 1


def test_the_reconciler_leaves_the_archive_alone(acme: Tenant, catalog: None, store: Folder) -> None:
    copy = kept(acme, store)
    with bound_to(CATALOG):
        ArchivedCopy.objects.all().delete()  # the catalog was lost
    found = reconcile()
    assert (found.orphans, found.unclaimed) == ([], [])
    assert names(store) == [copy.name]


def test_what_is_damaged_is_found(acme: Tenant, catalog: None, store: Folder) -> None:
    before = now()
    good, bad = kept(acme, store), kept(acme, store)
    (store.root / bad.name).write_bytes(SEALED[:-1])
    verify_round()
    with bound_to(CATALOG):
        assert ArchivedCopy.objects.get(pk=good.pk).damage == ""
        assert "isn't what was sealed" in ArchivedCopy.objects.get(pk=bad.pk).damage
    assert [outcome for outcome, _ in recorded("backups.archive_verified", before)] == ["failed"]
