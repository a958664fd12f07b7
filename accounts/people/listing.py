"""The list of people, read with a few queries however many rows a page has."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from django.db.models import Prefetch
from django.urls import reverse
from django.utils.http import urlencode

from accounts.limits.lockouts import locked_among
from accounts.managers import UserQuerySet
from accounts.models import Assignment, User
from accounts.people.filters import HAS_FACTOR, PeopleFilter
from accounts.people.states import TONES, State, state_of
from interface.tabs import Tab


@dataclass(frozen=True)
class Row:
    """One person as the list and its file tell of them."""

    person: User
    state: State
    roles: list[Assignment]
    has_factor: bool
    is_locked_out: bool = False

    @property
    def tone(self) -> str:
        return TONES[self.state]

    @property
    def seen_at(self) -> datetime | None:
        return self.person.last_login


def with_all_that_is_told(people: UserQuerySet) -> UserQuerySet:
    held = Assignment.objects.in_force().select_related("role").order_by("role__name")
    return people.annotate(has_factor=HAS_FACTOR).prefetch_related(
        Prefetch("assignments", queryset=held, to_attr="held")
    )


def row_of(person: User) -> Row:
    """Of a person read by `with_all_that_is_told`."""
    return Row(person, state_of(person), person.held, person.has_factor)  # type: ignore[attr-defined]


def rows_of(page: Iterable[User]) -> list[Row]:
    """Of a page of people read by `with_all_that_is_told`, with who is locked out now."""
    people = [*page]
    locked = locked_among((person.pk, person.email) for person in people)
    return [replace(row_of(person), is_locked_out=person.pk in locked) for person in people]


def tabs(asked: PeopleFilter) -> list[Tab]:
    """Each counts what the same filter finds in it."""
    return [_tab(state, asked.within(state), current=state == asked.state) for state in State]


def _tab(state: State, there: PeopleFilter, *, current: bool) -> Tab:
    query = f"?{urlencode(there.query)}" if there.query else ""
    return Tab(state.label, reverse("people:person-list") + query, there.found().count(), current)
