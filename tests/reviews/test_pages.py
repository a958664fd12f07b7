"""The pages of access reviews: a queue that a keyboard walks, and the evidence."""

import csv
import json
from io import StringIO

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import Assignment, Review, ReviewItem, User
from accounts.reviews.campaigns import latest_due
from accounts.reviews.deciding import Choice, decide
from accounts.reviews.evidence import is_genuine
from audit.reading import read
from tenants.binding import CATALOG, bound_to
from tenants.models import Tenant
from tests.reviews.conftest import ItemOf, words
from tests.support import fleet


def address(review: Review) -> str:
    return f"/reviews/{review.pk}/"


def sent(client: Client, review: Review, item: ReviewItem, **typed: str) -> int:
    prefix = f"d{item.pk.hex}"
    data = {f"{prefix}-{name}": value for name, value in typed.items()}
    return client.post(f"{address(review)}items/{item.pk}/", data).status_code


def test_it_is_started_from_a_form(acme: Tenant, alice_client: Client) -> None:
    with bound_to(acme):
        due = latest_due().isoformat()
    assert "No review has been completed yet" in words(alice_client.get("/reviews/").content)
    answer = alice_client.post("/reviews/new/", {"name": "Autumn", "due_on": due})
    with bound_to(acme):
        review = Review.objects.get()
    assert answer["Location"] == address(review)
    assert "Autumn" in words(alice_client.get("/reviews/").content)


def test_what_makes_no_review_is_said_and_stays_typed(acme: Tenant, alice_client: Client) -> None:
    answer = alice_client.post("/reviews/new/", {"name": "Autumn", "due_on": "2000-01-01"})
    assert answer.status_code == 422
    assert "That day has passed." in words(answer.content)
    assert 'value="Autumn"' in answer.content.decode()
    with bound_to(acme):
        assert not Review.objects.exists()


def test_the_queue_shows_each_with_its_flags_and_a_form(
    alice_client: Client, review: Review, item_of: ItemOf, bob: User, alice: User
) -> None:
    page = alice_client.get(address(review))
    told = words(page.content)
    assert "Bob" in told
    assert "Granted without a reason" in told
    assert "never used 2 of 2" in told
    assert "only of permissions that leave a trace" in told
    assert "This is your own: somebody else decides about it." in told
    assert f"items/{item_of(bob).pk}/" in page.content.decode()
    assert f"items/{item_of(alice).pk}/" not in page.content.decode()


def test_a_decision_is_carried_out_and_what_waits_comes_first(
    acme: Tenant, alice_client: Client, review: Review, item_of: ItemOf, bob: User
) -> None:
    assert sent(alice_client, review, item_of(bob), decision="revoke", reason="Left") == 302
    page = alice_client.get(address(review))
    with bound_to(acme):
        assert not Assignment.objects.in_force().filter(user=bob).exists()
    assert [row.item.person_name for row in page.context["rows"]] == ["Alice", "Vera", "Bob"]
    assert "Due on" in words(page.content)
    assert "2 assignments are undecided" in words(page.content)


def test_what_is_refused_is_said_where_it_was_asked_and_stays_typed(
    acme: Tenant, alice_client: Client, review: Review, item_of: ItemOf, bob: User
) -> None:
    item = item_of(bob)
    prefix = f"d{item.pk.hex}"
    answer = alice_client.post(
        f"{address(review)}items/{item.pk}/",
        {f"{prefix}-decision": "reduce", f"{prefix}-reason": "He reads <only>", f"{prefix}-reduced_to": ""},
    )
    assert answer.status_code == 422
    assert "Choose a role that gives less" in words(answer.content)
    assert 'value="He reads &lt;only&gt;"' in answer.content.decode()
    with bound_to(acme):
        assert Assignment.objects.in_force().filter(user=bob).count() == 1


def test_completing_too_early_is_refused(acme: Tenant, alice_client: Client, review: Review) -> None:
    answer = alice_client.post(f"{address(review)}complete/")
    assert answer.status_code == 409
    assert "3 assignments are undecided: Alice, Bob, Vera." in words(answer.content)
    with bound_to(acme):
        assert Review.objects.get().state == "open"


def test_it_is_completed_and_its_evidence_signed(
    acme: Tenant,
    alice_client: Client,
    vera_client: Client,
    review: Review,
    *,
    item_of: ItemOf,
    bob: User,
    alice: User,
    vera: User,
) -> None:
    assert sent(alice_client, review, item_of(bob), decision="revoke", reason="=Left") == 302
    assert sent(alice_client, review, item_of(vera), decision="keep", reason="Watches") == 302
    assert sent(vera_client, review, item_of(alice), decision="keep", reason="Owns it") == 302
    assert alice_client.post(f"{address(review)}complete/").status_code == 302

    document = alice_client.post(f"{address(review)}evidence/", {"format": "json"})
    lines = alice_client.post(f"{address(review)}evidence/", {"format": "csv"}).content

    told = json.loads(document.content)
    assert document["Content-Disposition"].startswith("attachment;")
    assert [
        (each["person"], each["decision"], each["decided_by"]) for each in told["evidence"]["decisions"]
    ] == [
        ("Alice", "keep", "Vera"),
        ("Bob", "revoke", "Alice"),
        ("Vera", "keep", "Alice"),
    ]
    assert is_genuine(document.content)
    assert not is_genuine(document.content.replace(b"Left", b"Kept"))
    [_alice, row, _vera] = csv.DictReader(StringIO(lines.decode("utf-8-sig")))
    assert (row["person"], row["reason"]) == ("Bob", "'=Left")
    with bound_to(acme):
        assert len(read(action="accounts.review_exported")) == 2


@pytest.mark.parametrize("verb", ["complete", "cancel", "evidence"])
def test_who_only_looks_changes_nothing(
    acme: Tenant, bob_client: Client, review: Review, *, item_of: ItemOf, bob: User, verb: str
) -> None:
    assert bob_client.get("/reviews/").status_code == 403
    assert bob_client.get(address(review)).status_code == 403
    assert bob_client.post(f"{address(review)}{verb}/").status_code == 403
    assert sent(bob_client, review, item_of(bob), decision="keep", reason="Mine") == 403
    with bound_to(acme):
        assert Review.objects.get().state == "open"
        assert item_of(bob).decision == ""


def test_an_auditor_reads_and_decides_nothing(
    acme: Tenant, review: Review, item_of: ItemOf, bob: User
) -> None:
    with bound_to(acme):
        otto = fleet.add_user("otto@acme.example", "Otto", "auditor")
    client = fleet.signed_in(acme, otto)
    page = client.get(address(review))
    assert page.status_code == 200
    assert "/items/" not in page.content.decode()
    assert "/complete/" not in page.content.decode()
    assert sent(client, review, item_of(bob), decision="revoke", reason="No") == 403


def test_an_item_of_another_review_is_not_there(
    acme: Tenant, alice_client: Client, review: Review, item_of: ItemOf, bob: User
) -> None:
    with bound_to(acme):
        other = Review.objects.create(name="Old", due_on=timezone.localdate(), state="completed")
    assert sent(alice_client, other, item_of(bob), decision="revoke", reason="Left") == 404
    with bound_to(acme):
        assert Assignment.objects.in_force().filter(user=bob).exists()


def test_mallory_reaches_no_review_of_acmes(
    acme: Tenant, mallory_client: Client, review: Review, item_of: ItemOf, bob: User
) -> None:
    assert mallory_client.get(address(review)).status_code == 404
    assert sent(mallory_client, review, item_of(bob), decision="revoke", reason="Mine") == 404
    for verb in ("complete", "cancel", "evidence"):
        assert mallory_client.post(f"{address(review)}{verb}/").status_code == 404
    assert "Autumn" not in mallory_client.get("/reviews/").content.decode()
    with bound_to(acme):
        assert Review.objects.get().state == "open"
        assert Assignment.objects.in_force().filter(user=bob).exists()


def test_operators_review_their_own(oscar: User, oscar_client: Client) -> None:
    with bound_to(CATALOG):
        due = latest_due().isoformat()
    assert oscar_client.post("/reviews/new/", {"name": "Platform", "due_on": due}).status_code == 302
    with bound_to(CATALOG):
        review = Review.objects.get()
        names = {item.person_name for item in review.items.all()}
        with pytest.raises(Exception, match="Nobody decides about themselves"):
            decide(review.items.get(assignment__user=oscar), Choice(decision="keep", reason="Me"), by=oscar)
    assert "Oscar" in names
    assert oscar_client.get(address(review)).status_code == 200
