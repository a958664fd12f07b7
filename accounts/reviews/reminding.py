"""Letters to those who look after reviews: one when it comes due, one when it is overdue, one when none was begun."""

from collections.abc import Iterable
from datetime import timedelta

from django.db import transaction
from django.db.models import Min
from django.utils import timezone

from accounts.letters.sending import send_letter
from accounts.models import Assignment, Review, ReviewNotice, User
from accounts.people.states import CONDITIONS, State
from accounts.reviews.campaigns import DECIDING, PERIOD, TABLE, last_completed, undecided
from accounts.roles.holding import people_with
from audit.recording import record

STARTING = "accounts.access_review:create"
SOON = timedelta(days=7)
Kind = ReviewNotice.Kind
LETTERS = {Kind.DUE: "review-due", Kind.OVERDUE: "review-overdue", Kind.BEGIN: "review-to-begin"}


def remind() -> None:
    """Of whoever is bound; asked again, whoever was told isn't told again."""
    review = Review.objects.filter(state=Review.State.OPEN).first()
    if review is None:
        _remind_to_begin()
    elif review.due_on < timezone.localdate():
        _tell(Kind.OVERDUE, review, _who_may(DECIDING), **_facts(review))
    elif review.due_on <= timezone.localdate() + SOON:
        _tell(Kind.DUE, review, _who_may(DECIDING), **_facts(review))


def _remind_to_begin() -> None:
    """90 days after the last one ended, or after somebody was given a role for the first time."""
    last = last_completed()
    since = last.ended_at if last else Assignment.objects.aggregate(at=Min("granted_at"))["at"]
    if since and since < timezone.now() - PERIOD:
        _tell(Kind.BEGIN, last, _who_may(STARTING))


def _who_may(code: str) -> list[User]:
    return [*people_with(code).filter(CONDITIONS[State.ACTIVE])]


def _facts(review: Review) -> dict[str, str | int]:
    return {
        "name": review.name,
        "review_id": str(review.pk),
        "due_on": review.due_on.isoformat(),
        "left": undecided(review).count(),
    }


@transaction.atomic
def _tell(kind: str, review: Review | None, people: Iterable[User], **facts: str | int) -> None:
    """Where there is nobody to tell it isn't noted either: whoever may tomorrow is told then."""
    told = [*people]
    if not told or not ReviewNotice.objects.get_or_create(kind=kind, review=review)[1]:
        return
    for person in told:
        send_letter(person, LETTERS[Kind(kind)], **facts)
    record("accounts.reviewers_told", subject=TABLE, object_id=review and review.pk, number=len(told))
