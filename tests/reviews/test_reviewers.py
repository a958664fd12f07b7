"""Where only one person may decide: who could be given the right, and what happens where nobody is left."""

import json

import pytest
from django.test import Client
from django.utils import timezone

from accounts.exceptions import ReviewRefused
from accounts.models import Review, ReviewItem, User
from accounts.reviews.campaigns import complete, latest_due, start
from accounts.reviews.deciding import Choice, decide
from accounts.reviews.evidence import evidence_of, is_genuine, signed_json
from audit.reading import read
from tenants.binding import bound_to
from tenants.models import Tenant
from tests.reviews.conftest import words
from tests.support import fleet

KEEP = Choice(decision="keep", reason="Needed")
LEFT = Choice(decision="unreviewed", reason="I work alone")


@pytest.fixture
def of_alice(acme: Tenant, alice: User) -> ReviewItem:
    """Her own role; she reviews Acme by herself."""
    with bound_to(acme):
        return start("Alone", latest_due(), by=alice).items.get(assignment__user=alice)


@pytest.fixture
def bob_gone(acme: Tenant, bob: User) -> None:
    """Alice is the only one at Acme who can sign in."""
    with bound_to(acme):
        User.objects.filter(pk=bob.pk).update(is_active=False)
        bob.assignments.update(ends_at=timezone.now())


def sent(client: Client, item: ReviewItem, **typed: str) -> tuple[int, str]:
    data = {f"d{item.pk.hex}-{name}": value for name, value in typed.items()}
    answer = client.post(f"/reviews/{item.review_id}/items/{item.pk}/", data)
    return answer.status_code, words(answer.content)


def test_the_page_names_who_could_be_given_the_right_and_by_whom(
    bob: User, of_alice: ReviewItem, alice_client: Client
) -> None:
    told = words(alice_client.get(f"/reviews/{of_alice.review_id}/").content)
    assert "Nobody but Alice may decide in a review, and nobody decides about themselves." in told
    assert "who then decides here. It could be: Bob" in told
    assert "Who may give it: Alice" in told
    assert "Not reviewed" not in told


def test_whoever_else_may_decide_has_it_in_their_queue_and_is_named(
    alice: User, vera: User, of_alice: ReviewItem, alice_client: Client, vera_client: Client
) -> None:
    told = words(alice_client.get(f"/reviews/{of_alice.review_id}/").content)
    assert "This is your own: somebody else decides about it. Who may: Vera" in told
    assert "Nobody but" not in told
    assert str(of_alice.pk) in vera_client.get(f"/reviews/{of_alice.review_id}/").content.decode()
    assert sent(vera_client, of_alice, decision="keep", reason="Owns it")[0] == 302


def test_while_somebody_could_decide_it_is_neither_left_nor_skipped(
    acme: Tenant, alice: User, bob: User, of_alice: ReviewItem, alice_client: Client
) -> None:
    status, told = sent(alice_client, of_alice, decision="unreviewed", reason="I work alone")
    assert (status, "Somebody else can decide about this" in told) == (422, True)
    with bound_to(acme):
        decide(of_alice.review.items.get(assignment__user=bob), KEEP, by=alice)
        with pytest.raises(ReviewRefused, match="1 assignment is undecided: Alice"):
            complete(of_alice.review, by=alice)
        of_alice.refresh_from_db()
        assert (of_alice.decision, Review.objects.get().state) == ("", "open")


@pytest.mark.usefixtures("bob_gone")
def test_where_nobody_else_is_there_it_is_left_with_a_reason_and_the_evidence_says_so(
    acme: Tenant, alice: User, of_alice: ReviewItem, alice_client: Client
) -> None:
    told = words(alice_client.get(f"/reviews/{of_alice.review_id}/").content)
    assert "their own roles may be closed as not reviewed" in told
    assert sent(alice_client, of_alice, decision="unreviewed", reason=" ")[0] == 422
    assert sent(alice_client, of_alice, decision="keep", reason="It's me")[0] == 422
    assert sent(alice_client, of_alice, decision="unreviewed", reason="I work alone")[0] == 302

    assert alice_client.post(f"/reviews/{of_alice.review_id}/complete/").status_code == 302

    with bound_to(acme):
        review = Review.objects.get()
        document = signed_json(review)
        evidence = evidence_of(review)
        [decision] = evidence["decisions"]
        [told_in_log] = read(action="accounts.review_completed")
        assert is_genuine(document)
        assert alice.assignments.get().ends_at is None
    assert (review.state, told_in_log.details, evidence["not_reviewed"]) == ("completed", {"number": 0}, 1)
    assert (decision["decision"], decision["reason"], decision["decided_by"]) == (
        "not reviewed: nobody else may",
        "I work alone",
        "Alice",
    )
    assert json.loads(document)["evidence"] == evidence
    with bound_to(acme):
        assert not is_genuine(document.replace(b"not reviewed: nobody else may", b"keep"))


@pytest.mark.usefixtures("bob_gone")
def test_whoever_was_invited_and_never_came_is_nobody_yet(
    acme: Tenant, alice: User, of_alice: ReviewItem
) -> None:
    with bound_to(acme):
        User.objects.invite("ina@acme.example", "Ina")
        decide(of_alice, LEFT, by=alice)
        of_alice.refresh_from_db()
        assert of_alice.decision == "unreviewed"


@pytest.mark.usefixtures("bob_gone")
def test_what_was_left_is_decided_once_somebody_is_there(
    acme: Tenant, alice: User, of_alice: ReviewItem
) -> None:
    with bound_to(acme):
        decide(of_alice, LEFT, by=alice)
        vera = fleet.add_user("vera@acme.example", "Vera", "security_officer")
        decide(of_alice, KEEP, by=vera)
        of_alice.refresh_from_db()
        assert (of_alice.decision, of_alice.decided_by_id) == ("keep", vera.pk)


def test_nobody_leaves_anothers_unreviewed(
    acme: Tenant, alice: User, bob: User, of_alice: ReviewItem
) -> None:
    with bound_to(acme):
        his = of_alice.review.items.get(assignment__user=bob)
        with pytest.raises(ReviewRefused, match="You may decide about this"):
            decide(his, LEFT, by=alice)
        his.refresh_from_db()
        assert his.decision == ""
