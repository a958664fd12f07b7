"""Access reviews: begun with all that is assigned, ended once everything is decided (AZ-011: every 90 days)."""

from datetime import date, timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext, ngettext

from accounts.exceptions import ReviewRefused
from accounts.models import Assignment, Review, ReviewItem, SecurityPolicy, User
from audit.recording import record
from interface.words import listed

TABLE = Review._meta.db_table
DECIDING = "accounts.access_review:decide"
PERIOD = timedelta(days=90)
CATCHING_UP = timedelta(days=14)
State = Review.State


def last_completed() -> Review | None:
    return Review.objects.filter(state=State.COMPLETED).order_by("-ended_at").first()


def is_overdue() -> bool:
    """Nobody has looked at everything within the last 90 days, if ever."""
    last = last_completed()
    return last is None or last.ended_at is None or last.ended_at < timezone.now() - PERIOD


def latest_due() -> date:
    """90 days after the last one ended; of who is late already, in two weeks."""
    last, today = last_completed(), timezone.localdate()
    since = timezone.localdate(last.ended_at) if last and last.ended_at else today
    return max(since + PERIOD, today + CATCHING_UP)


@transaction.atomic
def start(name: str, due_on: date, by: User) -> Review:
    """Everything that is in force now is to be decided. Raises ReviewRefused."""
    SecurityPolicy.hold()
    if Review.objects.filter(state=State.OPEN).exists():
        raise ReviewRefused(gettext("A review is open already: complete or cancel that one first."))
    _refuse_due(due_on)
    review = Review(name=name.strip(), due_on=due_on, started_by=by)
    try:
        review.full_clean(exclude=["started_by"])
    except ValidationError as error:
        raise ReviewRefused(" ".join(error.messages)) from error
    review.save(force_insert=True)
    items = [_item(review, each) for each in Assignment.objects.in_force().select_related("user", "role")]
    ReviewItem.objects.bulk_create(items)
    record("accounts.review_started", subject=TABLE, object_id=review.pk, number=len(items))
    return review


@transaction.atomic
def complete(review: Review, by: User) -> None:
    """Everything is decided. Raises ReviewRefused while something isn't."""
    SecurityPolicy.hold()
    _refuse_ended(_lock(review))
    left = [*undecided(review)]
    if left:
        raise ReviewRefused(
            ngettext(
                "%(count)s assignment is undecided: %(names)s.",
                "%(count)s assignments are undecided: %(names)s.",
                len(left),
            )
            % {"count": len(left), "names": listed(sorted({item.person_name for item in left})[:5])}
        )
    _end(review, State.COMPLETED, by)
    decided = review.items.exclude(decision__in=["", ReviewItem.Decision.UNREVIEWED]).count()
    record("accounts.review_completed", subject=TABLE, object_id=review.pk, number=decided)


@transaction.atomic
def cancel(review: Review, by: User) -> None:
    """Given up: it counts as none. What was decided stays done. Raises ReviewRefused."""
    _refuse_ended(_lock(review))
    _end(review, State.CANCELLED, by)
    record("accounts.review_cancelled", subject=TABLE, object_id=review.pk)


def undecided(review: Review) -> QuerySet[ReviewItem]:
    """What still waits: an assignment that ended meanwhile needs no decision any more."""
    open_ones = Assignment.objects.not_over()
    return review.items.filter(decision="", assignment__in=open_ones).select_related("assignment__user")


def refuse_ended(review: Review) -> None:
    """Raises ReviewRefused for one that isn't open."""
    _refuse_ended(_lock(review))


def _item(review: Review, assignment: Assignment) -> ReviewItem:
    names = {"person_name": assignment.user.name, "role_name": assignment.role.name}
    return ReviewItem(review=review, assignment=assignment, **names)


def _refuse_due(due_on: date) -> None:
    if due_on < timezone.localdate():
        raise ReviewRefused(gettext("That day has passed."))
    if due_on > latest_due():
        raise ReviewRefused(
            gettext("That is too late: everything is looked at every 90 days, so by %(day)s.")
            % {"day": latest_due().isoformat()}
        )


def _lock(review: Review) -> Review:
    review.refresh_from_db(from_queryset=Review.objects.select_for_update())
    return review


def _refuse_ended(review: Review) -> None:
    if review.state != State.OPEN:
        raise ReviewRefused(gettext("This review has ended: nothing in it changes any more."))


def _end(review: Review, state: str, by: User) -> None:
    review.state, review.ended_at, review.ended_by = state, timezone.now(), by
    review.save(update_fields=["state", "ended_at", "ended_by"])
