"""The only owner without device and codes: two operators, a proof, a day in which anybody may say no."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from accounts import models as there
from accounts.exceptions import RecoveryRefused
from accounts.models import RecoveryCode, Session, TotpDevice, User
from accounts.support import recovering
from accounts.support.recovering import let_in_again
from audit.context import acting
from console.models import OwnerRecovery
from console.owner_recovery import requesting
from console.owner_recovery.carrying import carry, unfinished
from tenants.binding import CATALOG, bound_to
from tenants.models import Tenant
from tests.support import fleet
from tests.support_access.conftest import kinds_at, operator_at_work

PROOF = "Notarised letter 17/2026; called back on the number of the contract, Alice Adams answered"
TYPED = {"email": "alice@acme.example", "proof": PROOF}


@pytest.fixture
def alone(acme: Tenant, alice: User) -> User:
    """Alice is the only owner, with a device and a session. Olivia, who came with the site, has left."""
    with bound_to(acme):
        User.objects.filter(email="owner@example.com").update(is_active=False)
        TotpDevice.objects.create(user=alice, name="telephone", key="JBSWY3DPEHPK3PXP", confirmed=True)
        RecoveryCode.objects.create(user=alice, digest="0" * 64)
    return alice


@pytest.fixture
def asked(alone: User, acme: Tenant, oscar: User) -> OwnerRecovery:
    with bound_to(CATALOG), acting(f"operator:{oscar.pk}"):
        recovery = requesting.ask(acme, oscar, alone.email, PROOF)
    carry(recovery.pk)
    return recovery


@pytest.fixture
def waiting(asked: OwnerRecovery, olga: User) -> OwnerRecovery:
    assert operator_at_work(olga).post(f"/recoveries/{asked.pk}/approve/").status_code == 302
    carry(asked.pk)
    return asked


def state_of(recovery: OwnerRecovery) -> str:
    with bound_to(CATALOG):
        return OwnerRecovery.objects.get(pk=recovery.pk).state


def at(acme: Tenant, recovery: OwnerRecovery) -> there.OwnerRecovery:
    with bound_to(acme):
        return there.OwnerRecovery.objects.get(pk=recovery.pk)


def make_due(acme: Tenant, recovery: OwnerRecovery) -> None:
    with bound_to(acme):
        there.OwnerRecovery.objects.filter(pk=recovery.pk).update(due_at=timezone.now())


def has_all(acme: Tenant, owner: User) -> bool:
    """Device, code, and the epoch of links: nothing was taken away."""
    with bound_to(acme):
        now = User.objects.get(pk=owner.pk)
        counts = (TotpDevice.objects.count(), RecoveryCode.objects.count())
    assert (*counts, now.link_epoch, now.factor_reset_at) == (1, 1, owner.link_epoch, None)
    return True


def test_one_operator_asks(oscar_client: Client, acme: Tenant, alone: User, oscar: User) -> None:
    answer = oscar_client.post(f"/tenants/{acme.pk}/recovery/", TYPED)

    with bound_to(CATALOG):
        recovery = OwnerRecovery.objects.get()
    assert (answer.status_code, answer["Location"]) == (302, f"/recoveries/{recovery.pk}/")
    assert (recovery.state, recovery.email, recovery.proof) == ("asked", "alice@acme.example", PROOF)
    assert kinds_at(None, recovery.pk) == [("console.recovery_asked", "done", f"operator:{oscar.pk}")]
    assert PROOF in oscar_client.get(answer["Location"]).content.decode()


@pytest.mark.parametrize("missing", ["email", "proof"])
def test_without_address_or_proof_nothing_is_asked(oscar_client: Client, acme: Tenant, missing: str) -> None:
    answer = oscar_client.post(f"/tenants/{acme.pk}/recovery/", TYPED | {missing: " "})

    assert answer.status_code == 422
    with bound_to(CATALOG):
        assert not OwnerRecovery.objects.exists()


@pytest.mark.parametrize(
    ("email", "why"),
    [
        ("bob@acme.example", "Nobody who is an owner there has this address."),
        ("nobody@acme.example", "Nobody who is an owner there has this address."),
        ("alice@acme.example", "There is another owner, who can help them: this is for the last one."),
    ],
)
def test_only_the_last_owner_is_recovered(
    oscar_client: Client, acme: Tenant, alice: User, email: str, why: str
) -> None:
    """Carla is an owner as well."""
    with bound_to(acme):
        fleet.add_user("carla@acme.example", "Carla", "owner")
    oscar_client.post(f"/tenants/{acme.pk}/recovery/", TYPED | {"email": email})
    with bound_to(CATALOG):
        recovery = OwnerRecovery.objects.get()

    carry(recovery.pk)

    assert state_of(recovery) == "refused"
    assert why in oscar_client.get(f"/recoveries/{recovery.pk}/").content.decode()
    with bound_to(acme):
        assert not there.OwnerRecovery.objects.exists()


def test_nobody_approves_their_own(asked: OwnerRecovery, oscar_client: Client, acme: Tenant) -> None:
    answer = oscar_client.post(f"/recoveries/{asked.pk}/approve/")

    assert answer.status_code == 409
    assert "another one has to look at the proof" in answer.content.decode()
    carry(asked.pk)
    assert state_of(asked) == "asked"
    with bound_to(acme):
        assert not there.OwnerRecovery.objects.exists()


def test_approved_by_another_the_tenant_is_told_and_the_clock_starts(
    waiting: OwnerRecovery, acme: Tenant, alone: User, alice_client: Client, olga: User
) -> None:
    row = at(acme, waiting)
    assert (row.state, row.owner_id, row.proof) == ("waiting", alone.pk, PROOF)
    assert (row.asked_by, row.approved_by) == ("Oscar", "Olga")
    assert row.due_at - row.announced_at == timedelta(hours=24)
    assert state_of(waiting) == "waiting"
    assert kinds_at(acme, waiting.pk) == [
        ("accounts.recovery_announced", "done", f"operator:{olga.pk}"),
    ]
    page = alice_client.get("/contacts/").content.decode()
    assert "Amana will take away the second factor of <bdi>Alice</bdi>" in page
    assert f'action="/support/recoveries/{waiting.pk}/cancel/"' in page


def test_everybody_who_may_say_no_gets_a_letter(
    asked: OwnerRecovery, olga: User, acme: Tenant, sam: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    letters: list[tuple[str, str]] = []
    monkeypatch.setattr(
        "accounts.support.recovering.send_letter",
        lambda person, letter, **facts: letters.append((person.email, letter)),
    )
    operator_at_work(olga).post(f"/recoveries/{asked.pk}/approve/")

    carry(asked.pk)
    carry(asked.pk)

    assert sorted(letters) == [
        ("alice@acme.example", "owner-recovery"),
        ("sam@acme.example", "owner-recovery"),
    ]


def test_who_may_not_say_no_sees_nothing_of_it(waiting: OwnerRecovery, acme: Tenant, bob: User) -> None:
    client = fleet.signed_in(acme, bob)

    assert "take away the second factor" not in client.get("/contacts/").content.decode()
    assert client.post(f"/support/recoveries/{waiting.pk}/cancel/").status_code == 403
    assert at(acme, waiting).state == "waiting"


def test_before_its_time_nothing_happens(waiting: OwnerRecovery, acme: Tenant, alone: User) -> None:
    carry(waiting.pk)

    assert state_of(waiting) == "waiting"
    assert has_all(acme, alone)


def test_after_its_time_the_owner_is_let_in_again(
    waiting: OwnerRecovery, acme: Tenant, alone: User, alice_client: Client
) -> None:
    make_due(acme, waiting)

    with acting("system:console.tasks.look_after_tenants"):
        carry(waiting.pk)

    assert (state_of(waiting), at(acme, waiting).state) == ("done", "done")
    with bound_to(acme):
        assert not TotpDevice.objects.exists()
        assert not RecoveryCode.objects.exists()
        assert not Session.objects.filter(user=alone).exists()
        now = User.objects.get(pk=alone.pk)
    assert now.factor_reset_at
    assert now.must_set_password
    assert now.link_epoch == alone.link_epoch + 1
    assert alice_client.get("/contacts/").status_code == 302
    system = "system:console.tasks.look_after_tenants"
    assert kinds_at(acme, waiting.pk)[-1] == ("accounts.recovery_done", "done", system)
    assert kinds_at(None, waiting.pk)[-1] == ("console.recovery_done", "done", system)


def test_it_is_done_once(waiting: OwnerRecovery, acme: Tenant, alone: User) -> None:
    make_due(acme, waiting)
    carry(waiting.pk)
    carry(waiting.pk)

    with bound_to(acme):
        assert User.objects.get(pk=alone.pk).link_epoch == alone.link_epoch + 1
    with bound_to(CATALOG):
        assert waiting.pk not in unfinished()


def test_whoever_is_there_says_no(
    waiting: OwnerRecovery, acme: Tenant, alone: User, alice_client: Client
) -> None:
    answer = alice_client.post(f"/support/recoveries/{waiting.pk}/cancel/", follow=True)

    assert "You said no: the second factor stays." in answer.content.decode()
    assert (state_of(waiting), at(acme, waiting).state) == ("cancelled", "cancelled")
    make_due(acme, waiting)
    carry(waiting.pk)
    assert has_all(acme, alone)
    assert at(acme, waiting).ended_by == f"user:{alone.pk}"


def test_an_operator_says_no(
    waiting: OwnerRecovery, acme: Tenant, alone: User, oscar_client: Client, oscar: User
) -> None:
    assert oscar_client.post(f"/recoveries/{waiting.pk}/cancel/").status_code == 302
    make_due(acme, waiting)

    carry(waiting.pk)

    assert (state_of(waiting), at(acme, waiting).state) == ("cancelled", "cancelled")
    assert at(acme, waiting).ended_by == f"operator:{oscar.pk}"
    assert has_all(acme, alone)


def test_an_operators_no_holds_in_the_last_moment(
    waiting: OwnerRecovery, acme: Tenant, alone: User, oscar: User
) -> None:
    """The worker has read the row already, and is at the tenant."""
    make_due(acme, waiting)
    with bound_to(CATALOG):
        requesting.cancel(waiting.pk, oscar)

    with bound_to(acme), pytest.raises(RecoveryRefused):
        let_in_again(waiting.pk)

    assert has_all(acme, alone)
    assert at(acme, waiting).state == "waiting"


def test_mallory_says_nothing_about_it(waiting: OwnerRecovery, acme: Tenant, mallory_client: Client) -> None:
    assert mallory_client.post(f"/support/recoveries/{waiting.pk}/cancel/").status_code == 404
    assert at(acme, waiting).state == "waiting"


def test_another_owner_meanwhile_ends_it(asked: OwnerRecovery, olga: User, acme: Tenant) -> None:
    operator_at_work(olga).post(f"/recoveries/{asked.pk}/approve/")
    with bound_to(acme):
        fleet.add_user("ann@acme.example", "Ann", "owner")

    carry(asked.pk)

    assert state_of(asked) == "refused"
    with bound_to(acme):
        assert not there.OwnerRecovery.objects.exists()


def test_while_the_tenant_is_suspended_everything_waits(
    waiting: OwnerRecovery, acme: Tenant, alone: User, suspend: Callable[[], None]
) -> None:
    make_due(acme, waiting)
    suspend()

    carry(waiting.pk)

    assert state_of(waiting) == "waiting"
    assert has_all(acme, alone)


def test_an_owner_who_never_came_cannot_help_and_stands_in_nobodys_way(alone: User, acme: Tenant) -> None:
    with bound_to(acme):
        User.objects.filter(email="owner@example.com").update(is_active=True)
        assert recovering.objection_to(alone.email) == ""
        fleet.add_user("carla@acme.example", "Carla", "owner")
        assert recovering.objection_to(alone.email) == recovering.NOT_ALONE
