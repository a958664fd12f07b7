"""The assignments of a review as its page shows them: with their flags, and what can be decided."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.core.paginator import Page, Paginator
from django.db.models import Case, IntegerField, QuerySet, Value, When

from access.registry import complete
from accounts.models import Review, ReviewItem, Role, User
from accounts.reviews.flags import WORDS, Usage, flags_of, look, usage_of
from accounts.reviews.forms import DecisionForm
from accounts.reviews.reviewers import who_could_besides, who_decides_besides
from accounts.role_content import codes_by_group

if TYPE_CHECKING:
    from django.utils.functional import _StrOrPromise

SIZE = 25
FINAL = (ReviewItem.Decision.REVOKE, ReviewItem.Decision.REDUCE)


@dataclass(frozen=True)
class Row:
    """One assignment. `form` is None where nothing is to be decided any more, or not by whoever reads.

    `deciders`: of the reader's own, who may.
    """

    item: ReviewItem
    flags: "list[_StrOrPromise]"
    usage: Usage
    form: DecisionForm | None
    is_own: bool
    deciders: list[str]


def in_order(review: Review) -> QuerySet[ReviewItem]:
    """What waits first, then by person and role."""
    waiting = Case(When(decision="", then=Value(0)), default=Value(1), output_field=IntegerField())
    known = review.items.select_related(
        "assignment__user", "assignment__role__group", "assignment__granted_by", "reduced_to", "decided_by"
    )
    return known.order_by(waiting, "person_name", "role_name", "pk")


def page_of(review: Review, number: str | None) -> "Page[ReviewItem]":
    return Paginator(in_order(review), SIZE).get_page(number)


def rows(items: Iterable[ReviewItem], reader: User, tried: DecisionForm | None = None) -> list[Row]:
    """A few queries for all of them. `tried`: a form that was sent and refused, shown again as it was typed.

    Raises TooMuchToRead.
    """
    items = [*items]
    looked = look([item.assignment for item in items])
    roles = codes_by_role()
    deciders = [*who_decides_besides(reader).order_by("name").values_list("name", flat=True)]
    is_alone = not who_could_besides(reader).exists()
    made = []
    for item in items:
        held = roles[item.assignment.role]
        flags = flags_of(item.assignment, held, looked)
        is_own = item.assignment.user_id == reader.pk
        may_have = can_be_decided(item) and (is_alone or not is_own or tried is not None)
        made.append(
            Row(
                item,
                [WORDS[flag] for flag in flags],
                usage_of(item.assignment, held, looked),
                _form(item, smaller(roles, held), tried, is_own=is_own) if may_have else None,
                is_own,
                deciders if is_own else [],
            )
        )
    return made


def codes_by_role() -> dict[Role, frozenset[str]]:
    """Of every role all that it gives. Two queries."""
    roles = [*Role.objects.all()]
    held = codes_by_group(role.group_id for role in roles)
    return {role: complete(held[role.group_id]) for role in roles}


def can_be_decided(item: ReviewItem) -> bool:
    is_open = item.review.state == Review.State.OPEN
    return is_open and item.decision not in FINAL


def smaller(roles: Mapping[Role, frozenset[str]], held: frozenset[str]) -> list[Role]:
    """Those that give something, nothing else, and less; the largest first."""
    found = [role for role, codes in roles.items() if codes and codes < held]
    return sorted(found, key=lambda role: (-len(roles[role]), str(role)))


def _form(item: ReviewItem, roles: list[Role], tried: DecisionForm | None, *, is_own: bool) -> DecisionForm:
    if tried is not None and tried.item.pk == item.pk:
        return tried
    return DecisionForm(None, item=item, roles=roles, is_own=is_own)
