"""Operators ask, agree, carry out and put in force on pages; a tenant's owner asks for their own copy alone."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone

from accounts.models import User
from audit.reading import read
from backups.models import Backup, Restore
from backups.restoring import asking
from backups.restoring.runbook import coming
from interface import words
from tenants.binding import CATALOG, bound_to
from tenants.models import Operation, Tenant
from tests.access.cases_backups import copy_of
from tests.support import fleet

SWAP_BESIDE = settings.AMANA_STEPS["swap"][1:]
WISH = {"purpose": "mistake", "reason": "Contacts were deleted"}


@pytest.fixture
def copy(acme: Tenant, catalog: None) -> Backup:
    with bound_to(CATALOG):
        return copy_of(acme)


@pytest.fixture
def asked(acme: Tenant, copy: Backup) -> Callable[[str], Restore]:
    def ask(by: str, *, by_tenant: bool = False) -> Restore:
        with bound_to(CATALOG):
            wish = asking.Wish("mistake", "Contacts were deleted", by_tenant=by_tenant)
            return asking.ask(acme, copy, by, wish)

    return ask


def state_of(restore: Restore) -> str:
    with bound_to(CATALOG):
        return Restore.objects.get(pk=restore.pk).state


def test_an_operator_asks_for_one(oscar_client: Client, copy: Backup) -> None:
    answer = oscar_client.post(f"/restores/new/{copy.pk}/", {**WISH, "typed": ""})
    assert answer.status_code == 302
    page = oscar_client.get(answer["Location"]).content.decode()
    assert "Asked for" in page
    assert "You asked for it: somebody else agrees" in page
    assert "/approve/" not in page


def test_what_is_missing_is_said_and_what_was_typed_stays(oscar_client: Client, copy: Backup) -> None:
    answer = oscar_client.post(
        f"/restores/new/{copy.pk}/", {"purpose": "mistake", "reason": "", "in_place": "yes"}
    )
    assert answer.status_code == 422
    assert "Say why in a sentence" in answer.content.decode()
    answer = oscar_client.post(f"/restores/new/{copy.pk}/", {**WISH, "in_place": "yes", "typed": "acm"})
    assert answer.status_code == 422
    assert answer.context["form"].errors == {"typed": ["Type acme to restore in place: nothing was done."]}
    assert f'href="/backups/copies/{copy.pk}/">Cancel</a>' in answer.content.decode()
    assert 'value="acm"' in answer.content.decode()
    with bound_to(CATALOG):
        assert not Restore.objects.filter(backup=copy).exists()


def test_another_operator_agrees_and_it_can_be_begun(
    oscar_client: Client, asked: Callable[..., Restore]
) -> None:
    restore = asked("operator:priya@amana.example")
    assert oscar_client.post(f"/restores/{restore.pk}/approve/").status_code == 302
    assert state_of(restore) == "approved"
    assert oscar_client.post(f"/restores/{restore.pk}/begin/").status_code == 302
    assert state_of(restore) == "running"
    page = oscar_client.get(f"/restores/{restore.pk}/").content.decode()
    assert "Restore the database" in page
    assert "A new database with a name of its own is filled" in page
    assert "Put the restored database in force" in page


@pytest.mark.parametrize("kind", ["restore", "swap"])
def test_every_step_has_words_of_its_own(kind: str) -> None:
    lines = coming([kind])
    assert len(lines) == len(settings.AMANA_STEPS[kind])
    assert [each.title for each in lines if each.advice is None] == []
    assert len({str(each.advice.fails) for each in lines if each.advice}) == len(lines)


def test_the_step_that_failed_says_what_helps(oscar_client: Client, asked: Callable[..., Restore]) -> None:
    restore = asked("operator:priya@amana.example")
    oscar_client.post(f"/restores/{restore.pk}/approve/")
    oscar_client.post(f"/restores/{restore.pk}/begin/")
    with bound_to(CATALOG):
        operation = Restore.objects.get(pk=restore.pk).operation
        assert operation is not None
        operation.start()
        for step in operation.steps.all()[:4]:
            step.begin()
            if step.position < 3:
                step.end()
        operation.fail("No space left on device.")

    page = oscar_client.get(f"/restores/{restore.pk}/").content.decode()

    assert re.findall("<strong>([^<]*)</strong>", page.split('id="progress"')[1].split("</ol>")[0]) == [
        "Make room on the server&#x27;s disk, or see why pg_restore complains; trying again begins with an empty one."
    ]
    assert page.count("If it fails:") == len(settings.AMANA_STEPS["restore"]) - 1 + len(SWAP_BESIDE)


def test_tried_again_the_page_says_nothing_of_the_try_before(
    oscar_client: Client, asked: Callable[..., Restore]
) -> None:
    restore = asked("operator:priya@amana.example")
    oscar_client.post(f"/restores/{restore.pk}/approve/")
    oscar_client.post(f"/restores/{restore.pk}/begin/")
    with bound_to(CATALOG):
        restore = Restore.objects.get(pk=restore.pk)
        assert restore.operation is not None
        restore.operation.start()
        for step in restore.operation.steps.all()[:2]:
            step.begin()
        restore.operation.steps.first().end()  # type: ignore[union-attr]
        restore.operation.fail("The drill worker is silent")
        Operation.objects.update(requested_at=timezone.now() - timedelta(minutes=5))
        Restore.objects.filter(pk=restore.pk).update(state="failed", error="The drill worker is silent")
    assert "The drill worker is silent" in oscar_client.get(f"/restores/{restore.pk}/").content.decode()

    assert oscar_client.post(f"/restores/{restore.pk}/begin/").status_code == 302

    page = oscar_client.get(f"/restores/{restore.pk}/").content.decode()
    told = page.split('id="progress"')[1].split("</ol>")[0]
    assert re.findall('<span class="step-state">([^<]*)</span>', told) == ["Done", *["Waiting"] * 10]
    for said in ("The drill worker is silent", "It stopped", "Nobody has taken this up"):
        assert said not in page


def test_before_it_is_begun_all_that_will_happen_is_told(
    oscar_client: Client, asked: Callable[..., Restore]
) -> None:
    restore = asked("operator:priya@amana.example")
    page = oscar_client.get(f"/restores/{restore.pk}/").content.decode()
    assert page.count("If it fails:") == len(settings.AMANA_STEPS["restore"]) + len(SWAP_BESIDE)

    with bound_to(CATALOG):
        asking.give_up(restore, "operator:oscar@amana.example")
    assert "If it fails:" not in oscar_client.get(f"/restores/{restore.pk}/").content.decode()


@pytest.mark.parametrize(
    ("in_place", "copied", "says"),
    [
        (False, False, "Left out: side by side"),
        (True, False, "Left out: there was nothing left to copy"),
        (True, True, "Done"),
    ],
)
def test_where_no_safety_copy_was_made_the_page_claims_none(
    oscar_client: Client, asked: Callable[..., Restore], in_place: bool, copied: bool, says: str
) -> None:
    restore = asked("operator:priya@amana.example")
    if not in_place:
        before = oscar_client.get(f"/restores/{restore.pk}/").content.decode()
        assert before.count("Left out: side by side") == 1
    with bound_to(CATALOG):
        Restore.objects.filter(pk=restore.pk).update(state="ready", in_place=in_place)
        swap = asking.ask_swap(restore, "operator:oscar@amana.example", "acme")
        for step in swap.steps.all():
            step.begin()
            step.end()
        swap.finish()
        Restore.objects.filter(pk=restore.pk).update(state="swapped")
        if copied:
            Backup.objects.create(tenant=restore.tenant, tier="safety", due=swap.requested_at, state="done")

    page = oscar_client.get(f"/restores/{restore.pk}/").content.decode()

    told = re.findall('<span class="step-state">([^<]*)</span>', page)
    assert told == [says, "Done", "Done"]


def test_a_link_to_what_can_be_done_now_stands_only_where_the_page_is_older(
    oscar_client: Client, asked: Callable[..., Restore]
) -> None:
    restore = asked("operator:priya@amana.example")
    oscar_client.post(f"/restores/{restore.pk}/approve/")
    oscar_client.post(f"/restores/{restore.pk}/begin/")
    with bound_to(CATALOG):
        restore.refresh_from_db()
        assert restore.operation is not None
        restore.operation.start()
        restore.operation.finish()
    assert "Show what can be done now" not in oscar_client.get(f"/restores/{restore.pk}/").content.decode()
    came = oscar_client.get(f"/restores/{restore.pk}/progress/", headers={"HX-Request": "true"})
    assert "Show what can be done now" in came.content.decode()


def test_nobody_agrees_to_what_they_asked_for(oscar_client: Client, asked: Callable[..., Restore]) -> None:
    restore = asked("operator:oscar@amana.example")
    answer = oscar_client.post(f"/restores/{restore.pk}/approve/")
    assert answer.status_code == 409
    assert "You asked for it yourself" in answer.content.decode()
    assert state_of(restore) == "requested"


def test_who_asked_begins_it_once_somebody_else_has_agreed(
    oscar_client: Client, asked: Callable[..., Restore]
) -> None:
    restore = asked("operator:oscar@amana.example")
    begin = f"/restores/{restore.pk}/begin/"
    assert begin not in oscar_client.get(f"/restores/{restore.pk}/").content.decode()
    with bound_to(CATALOG):
        asking.approve(restore, "operator:priya@amana.example")
    assert begin in oscar_client.get(f"/restores/{restore.pk}/").content.decode()


def test_what_the_owner_asked_for_one_operator_carries_out(
    oscar_client: Client, asked: Callable[..., Restore]
) -> None:
    restore = asked("user:alice@acme.example", by_tenant=True)
    assert oscar_client.post(f"/restores/{restore.pk}/begin/").status_code == 302
    with bound_to(CATALOG):
        restore.refresh_from_db()
    assert (restore.state, restore.decided_by) == ("running", "operator:oscar@amana.example")


def test_a_wrong_name_puts_nothing_in_force(oscar_client: Client, asked: Callable[..., Restore]) -> None:
    restore = asked("operator:priya@amana.example")
    with bound_to(CATALOG):
        Restore.objects.filter(pk=restore.pk).update(state="ready")
    answer = oscar_client.post(f"/restores/{restore.pk}/swap/", {"typed": "acm"})
    assert answer.status_code == 422
    assert "nothing was done" in answer.content.decode()
    assert state_of(restore) == "ready"


def test_whoever_puts_it_in_force_is_told_what_is_as_of_then(
    oscar_client: Client, asked: Callable[..., Restore]
) -> None:
    """As decision 0065 promises, before and afterwards."""
    decision = next((settings.BASE_DIR / "docs" / "decisions").glob("0065-*")).read_text()
    assert "**Passwords, factors and roles are those of then**, and the page says so" in decision
    says = "Passwords, second factors and roles are those of then: look through the people at once."
    restore = asked("operator:priya@amana.example")
    with bound_to(CATALOG):
        Restore.objects.filter(pk=restore.pk).update(state="ready")
    assert says in oscar_client.get(f"/restores/{restore.pk}/swap/").content.decode()

    with bound_to(CATALOG):
        asking.ask_swap(restore, "operator:oscar@amana.example", "acme").finish()
        Restore.objects.filter(pk=restore.pk).update(state="swapped")

    page = oscar_client.get(f"/restores/{restore.pk}/").content.decode()
    assert says in page
    assert f'href="/tenants/{restore.tenant_id}/">Open tenant' in page


def test_a_log_may_be_left_behind_only_once_a_try_has_failed_at_it(
    oscar_client: Client, asked: Callable[[str], Restore]
) -> None:
    restore = asked("operator:priya@amana.example")
    page = f"/restores/{restore.pk}/swap/"
    with bound_to(CATALOG):
        Restore.objects.filter(pk=restore.pk).update(state="ready")
    assert "leave_log" not in oscar_client.get(page).content.decode()
    with bound_to(CATALOG):
        Restore.objects.filter(pk=restore.pk).update(log_trouble="invalid page in block 7")
    offered = oscar_client.get(page).content.decode()
    assert 'name="leave_log"' in offered
    assert "invalid page in block 7" in offered
    assert oscar_client.post(page, {"typed": "acme", "leave_log": "on"}).status_code == 302
    with bound_to(CATALOG):
        assert Restore.objects.get(pk=restore.pk).leaves_log


def test_every_table_is_shown_against_the_copy_and_the_present_as_of_then(
    oscar_client: Client, asked: Callable[..., Restore]
) -> None:
    restore = asked("operator:priya@amana.example")
    lines = {"public.contacts_contact": {"copy": 1234, "restored": 1234, "now": 1200}}
    with bound_to(CATALOG):
        Restore.objects.filter(pk=restore.pk).update(
            state="ready",
            comparison={"tables": lines, "differences": [], "at": "2026-11-24T10:12:00+00:00"},
        )
    page = oscar_client.get(f"/restores/{restore.pk}/").content.decode()
    assert "contacts_contact" in page
    assert "1,234" in page
    assert "1,200" in page
    assert "34" in page
    assert "The present data is as of" in page
    assert "24 Nov 2026, 10:12 UTC" in page


def test_the_owner_chooses_a_copy_by_its_moment_in_words(alice_client: Client, copy: Backup) -> None:
    assert copy.snapshot_at is not None
    page = alice_client.get("/restores/request/").content.decode()
    assert f">{words.moment(copy.snapshot_at)} · {copy.get_tier_display()}</option>" in page
    assert '<a class="button quiet" href="/backups/">Cancel</a>' in page


def test_the_owner_asks_and_both_logs_say_so(acme: Tenant, alice_client: Client, copy: Backup) -> None:
    assert alice_client.get("/restores/request/").status_code == 200
    answer = alice_client.post("/restores/request/", {**WISH, "backup": str(copy.pk)})
    assert answer.status_code == 302
    with bound_to(CATALOG):
        restore = Restore.objects.get(backup=copy)
        ours = {event.action for event in read(20)}
    with bound_to(acme):
        theirs = {event.action for event in read(20)}
    assert (restore.tenant_id, restore.asked_by_tenant, restore.requested_by) == (
        acme.pk,
        True,
        "user:alice@acme.example",
    )
    assert "backups.restore_asked" in ours
    assert "backups.restore_requested" in theirs
    asked = alice_client.get("/restores/request/").content.decode().split("Asked for so far")[1]
    assert words.moment(restore.requested_at) in asked


def test_mallory_can_neither_see_nor_choose_a_copy_of_acmes(
    globex: Tenant, mallory_client: Client, copy: Backup, asked: Callable[..., Restore]
) -> None:
    asked("user:alice@acme.example", by_tenant=True)
    with bound_to(CATALOG):
        own = copy_of(globex)
    page = mallory_client.get("/restores/request/").content.decode()
    assert str(own.pk) in page
    assert str(copy.pk) not in page
    assert "Asked for so far" not in page
    answer = mallory_client.post("/restores/request/", {**WISH, "backup": str(copy.pk)})
    assert answer.status_code == 422
    with bound_to(CATALOG):
        assert not Restore.objects.filter(tenant=globex).exists()


def test_bob_may_not_ask(acme: Tenant, bob: User, copy: Backup) -> None:
    client = fleet.signed_in(acme, bob)
    assert client.get("/restores/request/").status_code == 403
    assert client.post("/restores/request/", {**WISH, "backup": str(copy.pk)}).status_code == 403
    with bound_to(CATALOG):
        assert not Restore.objects.filter(backup=copy).exists()
