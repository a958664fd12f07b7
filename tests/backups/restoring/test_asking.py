"""Who asks doesn't decide alone, and what mustn't be restored isn't, in words."""

import pytest

from backups.exceptions import RestoreRefused
from backups.models import Backup, Restore
from backups.restoring import asking
from tenants.binding import CATALOG, bound_to
from tenants.models import Operation, TenantEvent
from tests.backups.restoring.conftest import Kept
from tests.lifecycle.looking import databases


def restores(kept: Kept) -> list[str]:
    with bound_to(CATALOG):
        return [
            *Restore.objects.filter(tenant=kept.tenant)
            .exclude(state="swapped")
            .values_list("state", flat=True)
        ]


def operations(kept: Kept) -> int:
    with bound_to(CATALOG):
        return Operation.objects.filter(tenant=kept.tenant, kind__in=("restore", "swap")).count()


def test_who_asked_cannot_agree(kept: Kept) -> None:
    restore = kept.ask()
    with bound_to(CATALOG), pytest.raises(RestoreRefused, match="somebody else agrees"):
        asking.approve(restore, "operator:oscar")
    assert restores(kept) == ["requested"]
    with bound_to(CATALOG):
        asking.approve(restore, "operator:priya")
        restore.refresh_from_db()
    assert (restore.state, restore.decided_by) == ("approved", "operator:priya")


@pytest.mark.parametrize(
    ("asked_by", "by", "words"),
    [
        ("operator:oscar@amana.example", "user:Oscar@amana.example", "somebody else agrees"),
        ("operator:oscar@amana.example", "command:priya", "somebody else agrees"),
        ("command:oscar", "operator:oscar@amana.example", "Nobody has proved who asked"),
    ],
)
def test_one_person_is_one_whichever_way_they_come(kept: Kept, asked_by: str, by: str, words: str) -> None:
    restore = kept.ask()
    with bound_to(CATALOG):
        Restore.objects.filter(pk=restore.pk).update(requested_by=asked_by)
        with pytest.raises(RestoreRefused, match=words):
            asking.approve(restore, by)
    assert restores(kept) == ["requested"]


def test_nothing_begins_before_somebody_agreed(kept: Kept) -> None:
    restore = kept.ask()
    with bound_to(CATALOG), pytest.raises(RestoreRefused, match="Nobody has agreed"):
        asking.begin(restore, "operator:oscar")
    assert operations(kept) == 0


def test_what_was_refused_stays_refused(kept: Kept) -> None:
    restore = kept.ask()
    with bound_to(CATALOG):
        asking.refuse(restore, "operator:priya", "Their own people can undo it")
        for again in (lambda: asking.approve(restore, "operator:priya"), lambda: asking.begin(restore, "x")):
            with pytest.raises(RestoreRefused):
                again()
    assert restores(kept) == ["refused"]


def test_every_step_stands_in_the_tenants_trail_with_its_reason(kept: Kept) -> None:
    kept.agreed()
    with bound_to(CATALOG):
        trail = TenantEvent.objects.filter(tenant=kept.tenant, verb__startswith="restore ").order_by("-at")[
            :2
        ]
        told = [(event.verb, event.actor, event.details) for event in trail]
    assert told == [
        ("restore agreed to", "operator:priya", {}),
        ("restore asked for", "operator:oscar", {"reason": "Contacts were deleted"}),
    ]


@pytest.mark.parametrize(
    ("wish", "words"),
    [
        (asking.Wish("curiosity", "I wonder"), "from the list"),
        (asking.Wish("mistake", "  "), "why in a sentence"),
        (
            asking.Wish("mistake", "Contacts were deleted", in_place=True, typed="umbrela"),
            "Type .* nothing was done",
        ),
    ],
)
def test_an_unfit_wish_is_refused_in_words(kept: Kept, wish: asking.Wish, words: str) -> None:
    with bound_to(CATALOG), pytest.raises(RestoreRefused, match=words):
        asking.ask(kept.fresh(), kept.backup, "operator:oscar", wish)
    assert restores(kept) == []


def test_another_tenants_copy_is_never_restored_here(kept: Kept) -> None:
    """Mallory's way in: a copy of Acme's restored into Globex."""
    with bound_to(CATALOG):
        theirs = Backup.objects.create(tenant=None, state="done")
        with pytest.raises(RestoreRefused, match="another customer's"):
            asking.ask(kept.fresh(), theirs, "operator:oscar", asking.Wish("mistake", "Mine, surely"))
        theirs.delete()
    assert restores(kept) == []


def test_one_restore_at_a_time(kept: Kept) -> None:
    kept.ask()
    with pytest.raises(RestoreRefused, match="isn't over yet"):
        kept.ask()
    assert restores(kept) == ["requested"]


def test_a_closed_tenant_is_restored_only_where_the_law_demands_it(kept: Kept) -> None:
    tenant = kept.fresh()
    with bound_to(CATALOG):
        type(tenant).objects.filter(pk=tenant.pk).update(state="closed")
        try:
            with pytest.raises(RestoreRefused, match="only what the law demands"):
                kept.ask()
            assert restores(kept) == []
            kept.ask(purpose="legal")
        finally:
            type(tenant).objects.filter(pk=tenant.pk).update(state="active")
    assert restores(kept) == ["requested"]


def test_putting_it_in_force_takes_the_name(kept: Kept) -> None:
    before = databases()
    restore = kept.agreed()
    with bound_to(CATALOG):
        Restore.objects.filter(pk=restore.pk).update(state="ready")
        with pytest.raises(RestoreRefused, match="nothing was done"):
            asking.ask_swap(restore, "operator:oscar", "umbrela")
    assert operations(kept) == 0
    assert databases() == before


def test_nothing_is_put_in_force_while_what_was_replaced_last_is_being_shut(kept: Kept) -> None:
    """Else one operation would belong to two restores, and the page would answer with an error of ours."""
    last = kept.agreed()
    with bound_to(CATALOG):
        swap = Operation.objects.create(kind="swap", tenant=kept.fresh(), state="running", requested_by="x")
        Restore.objects.filter(pk=last.pk).update(state="swapped", swap=swap)
        restore = Restore.objects.get(pk=kept.agreed().pk)
        Restore.objects.filter(pk=restore.pk).update(state="ready")
        try:
            with pytest.raises(RestoreRefused, match="being worked on"):
                asking.ask_swap(restore, "operator:oscar", kept.tenant.slug)
            restore.refresh_from_db()
            assert (restore.state, restore.swap) == ("ready", None)
        finally:
            Restore.objects.filter(pk=last.pk).delete()
