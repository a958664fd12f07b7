"""Deciding about one assignment: carried out at once, together with its being written down."""

from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext

from accounts.exceptions import ReviewRefused
from accounts.granting import Terms, end, grant, refuse_who_may_no_longer
from accounts.models import Assignment, ReviewItem, Role, SecurityPolicy, User
from accounts.reviews.campaigns import refuse_ended
from accounts.reviews.flags import flags_of, look
from accounts.reviews.reviewers import who_could_besides
from accounts.role_content import codes_of

Decision = ReviewItem.Decision
CODE = "accounts.access_review:decide"


@dataclass(frozen=True, kw_only=True)
class Choice:
    """What somebody decides. `reduced_to`: the smaller role, where it is to be one."""

    decision: str
    reason: str = ""
    reduced_to: Role | None = None


@transaction.atomic
def decide(item: ReviewItem, choice: Choice, by: User) -> None:
    """Written down and carried out, or neither. What was kept, or left unreviewed, may be decided anew; what was taken
    away is final.

    Raises ReviewRefused, GrantRefused.
    """
    SecurityPolicy.hold()
    refuse_who_may_no_longer(by, CODE)
    refuse_ended(item.review)
    known = ReviewItem.objects.select_for_update(of=("self",))
    item.refresh_from_db(
        from_queryset=known.select_related("assignment__user", "assignment__role__group", "review")
    )
    _refuse(item, choice, by)
    _carry_out(item.assignment, choice, by)
    item.decision, item.reason, item.reduced_to = choice.decision, choice.reason.strip(), choice.reduced_to
    item.decided_at, item.decided_by = timezone.now(), by
    item.save(update_fields=["decision", "reason", "reduced_to", "decided_at", "decided_by"])


def is_smaller(role: Role, than: Role) -> bool:
    """It gives something, nothing that the other doesn't, and less."""
    return bool(codes_of(role)) and codes_of(role) < codes_of(than)


def _refuse(item: ReviewItem, choice: Choice, by: User) -> None:
    _refuse_own(item, choice, by)
    if item.decision in (Decision.REVOKE, Decision.REDUCE):
        raise ReviewRefused(gettext("This is decided already, and carried out."))
    if _is_over(item.assignment):
        raise ReviewRefused(gettext("This role was taken away meanwhile: there is nothing to decide."))
    if not choice.reason.strip() and _asks_for_a_reason(item.assignment, choice):
        raise ReviewRefused(
            gettext("Say why: it is asked for when something changes, and where a flag stands.")
        )
    if choice.decision == Decision.REDUCE:
        _refuse_not_smaller(item.assignment, choice.reduced_to)


def _refuse_own(item: ReviewItem, choice: Choice, by: User) -> None:
    """One's own is left unreviewed where nobody else is there who could be given the right; nothing else ever is."""
    is_own, is_left = item.assignment.user_id == by.pk, choice.decision == Decision.UNREVIEWED
    if is_own and not is_left:
        raise ReviewRefused(gettext("Nobody decides about themselves: ask somebody else who reviews."))
    if is_left and not is_own:
        raise ReviewRefused(gettext("You may decide about this: keep it, or take it away."))
    if is_left and who_could_besides(by).exists():
        raise ReviewRefused(
            gettext("Somebody else can decide about this, once they have the permission: give it to them.")
        )


def _asks_for_a_reason(assignment: Assignment, choice: Choice) -> bool:
    if choice.decision != Decision.KEEP:
        return True
    return bool(flags_of(assignment, codes_of(assignment.role), look([assignment])))


def _refuse_not_smaller(assignment: Assignment, role: Role | None) -> None:
    if role is None or not is_smaller(role, assignment.role):
        raise ReviewRefused(gettext("Choose a role that gives less, and nothing else."))


def _carry_out(assignment: Assignment, choice: Choice, by: User) -> None:
    if choice.decision in (Decision.KEEP, Decision.UNREVIEWED):
        return
    terms = Terms(
        scope=assignment.scope,
        scope_id=assignment.scope_id,
        ends_at=assignment.ends_at,
        reason=choice.reason.strip(),
        review_on=assignment.review_on,
    )
    end(assignment, by, choice.reason.strip(), CODE)
    if choice.reduced_to and not _has(assignment, choice.reduced_to):
        grant(assignment.user, choice.reduced_to, by, terms, CODE)


def _has(assignment: Assignment, role: Role) -> bool:
    """The smaller role already, and in the same scope: then it is enough to take the larger one away."""
    there = Assignment.objects.not_over().filter(user=assignment.user, role=role)
    return there.filter(scope=assignment.scope, scope_id=assignment.scope_id).exists()


def _is_over(assignment: Assignment) -> bool:
    return assignment.ends_at is not None and assignment.ends_at <= timezone.now()
