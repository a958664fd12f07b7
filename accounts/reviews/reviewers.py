"""Who decides in a review: never about themselves, so what is to be done where only one person may."""

from dataclasses import dataclass

from accounts.managers import UserQuerySet
from accounts.models import Review, User
from accounts.people.states import CONDITIONS, State
from accounts.reviews.campaigns import DECIDING, undecided
from accounts.roles.holding import people_who_can_give, people_with

NAMED = 5


@dataclass(frozen=True)
class Alone:
    """Only `name` may decide, and has roles that wait. `others`: who could be given the right; `givers`: by whom."""

    name: str
    others: list[str]
    givers: list[str]


def who_decides_besides(person: User) -> UserQuerySet:
    """Those who may decide about `person`, and can sign in to do so."""
    return people_with(DECIDING).filter(CONDITIONS[State.ACTIVE]).exclude(pk=person.pk)


def who_could_besides(person: User) -> UserQuerySet:
    """Everybody else who can sign in: any of them could be given the right."""
    return User.objects.active().filter(CONDITIONS[State.ACTIVE]).exclude(pk=person.pk)


def who_is_alone(review: Review) -> Alone | None:
    """None where somebody else may decide about each of those who decide, or nothing of theirs waits."""
    deciding = [*people_with(DECIDING).filter(CONDITIONS[State.ACTIVE])[:2]]
    if len(deciding) != 1 or not undecided(review).filter(assignment__user=deciding[0]).exists():
        return None
    [person] = deciding
    return Alone(
        person.name,
        _names(who_could_besides(person)),
        _names(people_who_can_give(DECIDING).filter(CONDITIONS[State.ACTIVE])),
    )


def _names(people: UserQuerySet) -> list[str]:
    return [*people.order_by("name").values_list("name", flat=True)[:NAMED]]
