"""What deserves a second look at an assignment, and how much of its role was used."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import Enum
from typing import TYPE_CHECKING
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from access.registry import permission
from accounts.models import Assignment, TotpDevice
from accounts.roles.holding import asks_for_a_second_factor
from audit.reading import Use, uses
from tenants.binding import bound_tenant

if TYPE_CHECKING:
    from django.utils.functional import _StrOrPromise

SILENCE = timedelta(days=90)
SECONDS = 20


class Flag(Enum):
    """A reason to look twice. Who keeps such an assignment says why."""

    SHUT_OUT = "shut out"
    DORMANT = "dormant"
    NO_SECOND_FACTOR = "no second factor"
    NO_REASON = "no reason"
    REVIEW_PAST = "review past"
    UNUSED = "unused"


WORDS: dict[Flag, "_StrOrPromise"] = {
    Flag.SHUT_OUT: _("May not sign in any more"),
    Flag.DORMANT: _("No sign-in for 90 days"),
    Flag.NO_SECOND_FACTOR: _("No second factor, though the role asks for one"),
    Flag.NO_REASON: _("Granted without a reason"),
    Flag.REVIEW_PAST: _("The review date has passed"),
    Flag.UNUSED: _("Nothing of it was used in 90 days"),
}


@dataclass(frozen=True)
class Usage:
    """Of the permissions of a role that leave a trace in the log: how many there are, and which were not used."""

    traced: int
    unused: tuple[str, ...]

    @property
    def labels(self) -> list[str]:
        return [permission(code).label for code in self.unused]


@dataclass(frozen=True)
class Looked:
    """What is known while items are shown or decided: read once for all of them."""

    uses: frozenset[Use]
    with_factor: frozenset[UUID]


def look(assignments: Iterable[Assignment]) -> Looked:
    """Raises TooMuchToRead."""
    people = {each.user_id for each in assignments}
    have = TotpDevice.objects.filter(user__in=people, confirmed=True).values_list("user", flat=True)
    return Looked(frozenset(uses(timezone.now() - SILENCE, SECONDS)), frozenset(have))


def usage_of(assignment: Assignment, codes: frozenset[str], looked: Looked) -> Usage:
    actor = f"{'user' if bound_tenant() else 'operator'}:{assignment.user_id}"
    mine = {(use.action, use.subject) for use in looked.uses if use.actor == actor}
    traced = sorted(code for code in codes if permission(code).traces)
    return Usage(len(traced), tuple(code for code in traced if not _was_used(code, mine)))


def flags_of(assignment: Assignment, codes: frozenset[str], looked: Looked) -> list[Flag]:
    usage = usage_of(assignment, codes, looked)
    is_old = assignment.starts_at < timezone.now() - SILENCE
    raised: Mapping[Flag, bool] = {
        Flag.SHUT_OUT: not assignment.user.is_active,
        Flag.DORMANT: _is_dormant(assignment),
        Flag.NO_SECOND_FACTOR: asks_for_a_second_factor(codes)
        and assignment.user_id not in looked.with_factor,
        Flag.NO_REASON: not assignment.reason,
        Flag.REVIEW_PAST: bool(assignment.review_on and assignment.review_on < timezone.localdate()),
        Flag.UNUSED: is_old and usage.traced > 0 and len(usage.unused) == usage.traced,
    }
    return [flag for flag, is_raised in raised.items() if is_raised]


def _is_dormant(assignment: Assignment) -> bool:
    """Of somebody new it is the day on which they came that counts."""
    user = assignment.user
    return (user.last_login or user.joined_at) < timezone.now() - SILENCE


def _was_used(code: str, mine: set[tuple[str, str]]) -> bool:
    return any(
        action == trace.action and trace.subject in ("", subject)
        for trace in permission(code).traces
        for action, subject in mine
    )
