"""A decision about one assignment is carried out when it is made."""

import pytest

from accounts.exceptions import AccountsRefused, GrantRefused, ReviewRefused
from accounts.granting import end, grant
from accounts.models import Assignment, Review, ReviewItem, Role, User
from accounts.reviews.campaigns import cancel
from accounts.reviews.deciding import Choice, decide
from tenants.binding import bound_to
from tenants.models import Tenant
from tests.reviews.conftest import ItemOf


def roles_of(person: User) -> list[str]:
    in_force = Assignment.objects.in_force().filter(user=person)
    return sorted(in_force.values_list("role__code", flat=True))


def role(code: str) -> Role:
    return Role.objects.get(code=code)


def test_revoked_it_is_taken_away_at_once(acme: Tenant, alice: User, bob: User, item_of: ItemOf) -> None:
    with bound_to(acme):
        item = item_of(bob)
        decide(item, Choice(decision="revoke", reason="Left the desk"), by=alice)
        ended = bob.assignments.get()
        item.refresh_from_db()
        assert roles_of(bob) == []
        assert (ended.ended_by_id, ended.end_reason) == (alice.pk, "Left the desk")
        assert (item.decision, item.reason, item.decided_by_id) == ("revoke", "Left the desk", alice.pk)
        assert not User.objects.get(pk=bob.pk).has_perm("contacts.contact:view")


def test_reduced_a_smaller_role_stands_in_its_place(
    acme: Tenant, alice: User, bob: User, item_of: ItemOf
) -> None:
    with bound_to(acme):
        item = item_of(bob)
        decide(item, Choice(decision="reduce", reason="Reads only", reduced_to=role("accountant")), by=alice)
        assert roles_of(bob) == ["accountant"]
        assert Assignment.objects.in_force().get(user=bob).reason == "Reads only"
        item.refresh_from_db()
        assert item.reduced_to == role("accountant")


def test_kept_it_stays_and_may_be_decided_anew(
    acme: Tenant, alice: User, bob: User, item_of: ItemOf, unflagged: Assignment
) -> None:
    with bound_to(acme):
        decide(item_of(bob), Choice(decision="keep"), by=alice)
        assert roles_of(bob) == ["order_manager"]
        decide(item_of(bob), Choice(decision="revoke", reason="On reflection"), by=alice)
        assert roles_of(bob) == []
        with pytest.raises(ReviewRefused, match="decided already"):
            decide(item_of(bob), Choice(decision="keep", reason="No"), by=alice)


@pytest.mark.parametrize(
    ("decision", "reason", "reduced_to", "words"),
    [
        ("revoke", " ", "", "Say why"),
        ("reduce", "", "accountant", "Say why"),
        ("keep", "", "", "Say why"),
        ("reduce", "Less", "", "gives less"),
        ("reduce", "Less", "order_manager", "gives less"),
        ("reduce", "Less", "owner", "gives less"),
        ("reduce", "Less", "security_officer", "gives less"),
    ],
)
def test_what_is_refused_changes_nothing(
    acme: Tenant,
    alice: User,
    bob: User,
    item_of: ItemOf,
    *,
    decision: str,
    reason: str,
    reduced_to: str,
    words: str,
) -> None:
    """Bob's assignment is flagged: nobody said why he has it."""
    with bound_to(acme):
        wanted = role(reduced_to) if reduced_to else None
        item = item_of(bob)
        with pytest.raises(ReviewRefused, match=words):
            decide(item, Choice(decision=decision, reason=reason, reduced_to=wanted), by=alice)
        item.refresh_from_db()
        assert (item.decision, item.decided_at, roles_of(bob)) == ("", None, ["order_manager"])


def test_nobody_decides_about_themselves(acme: Tenant, alice: User, vera: User, item_of: ItemOf) -> None:
    with bound_to(acme):
        for person in (alice, vera):
            with pytest.raises(ReviewRefused, match="Nobody decides about themselves"):
                decide(item_of(person), Choice(decision="keep", reason="It's me"), by=person)
            assert item_of(person).decision == ""


def test_the_last_owner_stays(acme: Tenant, alice: User, vera: User, item_of: ItemOf) -> None:
    with bound_to(acme):
        with pytest.raises(GrantRefused, match="the last owner"):
            decide(item_of(alice), Choice(decision="revoke", reason="Power"), by=vera)
        assert (roles_of(alice), item_of(alice).decision) == (["owner"], "")


def test_nobody_reduces_to_what_they_lack_themselves(
    acme: Tenant, bob: User, vera: User, item_of: ItemOf
) -> None:
    """Vera sees no contacts: she may take Bob's role away, and can't give him one that does."""
    with bound_to(acme):
        with pytest.raises(GrantRefused, match="what you don't have yourself"):
            decide(
                item_of(bob),
                Choice(decision="reduce", reason="Less", reduced_to=role("accountant")),
                by=vera,
            )
        assert (roles_of(bob), item_of(bob).decision) == (["order_manager"], "")
        decide(item_of(bob), Choice(decision="revoke", reason="Left"), by=vera)
        assert roles_of(bob) == []


def test_who_has_the_smaller_role_already_loses_the_larger(
    acme: Tenant, alice: User, bob: User, item_of: ItemOf
) -> None:
    with bound_to(acme):
        item = item_of(bob)
        grant(bob, role("accountant"), by=alice)
        decide(item, Choice(decision="reduce", reason="Less", reduced_to=role("accountant")), by=alice)
        assert roles_of(bob) == ["accountant"]


def test_what_ended_meanwhile_is_not_decided(acme: Tenant, alice: User, bob: User, item_of: ItemOf) -> None:
    with bound_to(acme):
        item = item_of(bob)
        end(bob.assignments.get(), by=alice, reason="Left")
        with pytest.raises(ReviewRefused, match="taken away meanwhile"):
            decide(item, Choice(decision="keep", reason="Why not"), by=alice)


def test_a_review_that_ended_decides_nothing(
    acme: Tenant, alice: User, bob: User, review: Review, item_of: ItemOf
) -> None:
    with bound_to(acme):
        item = item_of(bob)
        cancel(review, by=alice)
        with pytest.raises(AccountsRefused, match="has ended"):
            decide(item, Choice(decision="revoke", reason="Left"), by=alice)
        assert roles_of(bob) == ["order_manager"]
        assert ReviewItem.objects.get(pk=item.pk).decision == ""
