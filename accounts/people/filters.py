"""What the address of the list of people asks for; what makes no sense there counts as not asked."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Self
from uuid import UUID

from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.limits.lockouts import locked_among
from accounts.managers import UserQuerySet
from accounts.models import Assignment, Role, TotpDevice, User
from accounts.people.states import CONDITIONS, State
from interface.filtering import LONGEST, NOT, Choices, Field, Narrowing, narrowings

DORMANT_AFTER = timedelta(days=90)
HAS_FACTOR = Exists(TotpDevice.objects.filter(user=OuterRef("pk"), confirmed=True))


def _roles() -> Choices:
    return [(str(role.pk), role.label) for role in Role.objects.order_by("name")]


FIELDS = (
    Field("role", _("Role"), "role", _roles),
    Field("factor", _("Second factor"), "factor", lambda: [("yes", _("set up")), ("no", _("not set up"))]),
    Field("seen", _("Last sign-in"), "seen", lambda: [("90", _("more than 90 days ago"))]),
    Field("lock", _("Sign-in"), "lock", lambda: [("out", _("locked out"))]),
)


def _with_role(value: str) -> Q:
    return Q(pk__in=Assignment.objects.in_force().filter(role_id=UUID(value)).values("user"))


def _with_factor(value: str) -> Q:
    return Q(HAS_FACTOR) if value == "yes" else ~Q(HAS_FACTOR)


def _dormant(_value: str) -> Q:
    """Whoever never came counts from the day they were invited."""
    since = timezone.now() - DORMANT_AFTER
    return Q(last_login__lt=since) | Q(last_login=None, joined_at__lt=since)


def _locked_out(_value: str) -> Q:
    return Q(pk__in=locked_among(User.objects.active().values_list("pk", "email")))


ASKED: Mapping[str, Callable[[str], Q]] = {
    "role": _with_role,
    "factor": _with_factor,
    "seen": _dormant,
    "lock": _locked_out,
}


@dataclass(frozen=True)
class PeopleFilter:
    q: str = ""
    narrowed: tuple[Narrowing, ...] = ()
    state: State = State.ACTIVE

    @classmethod
    def of(cls, query: Mapping[str, str]) -> Self:
        asked = query.get("state", "")
        return cls(
            q=query.get("q", "").replace("\0", "").strip()[:LONGEST],
            narrowed=narrowings(FIELDS, query),
            state=State(asked) if asked in State else State.ACTIVE,
        )

    @property
    def is_narrow(self) -> bool:
        return bool(self.q or self.narrowed)

    @property
    def query(self) -> dict[str, str]:
        """The same filter as an address has it, on the list's first page: `of` reads it again."""
        asked = {"q": self.q, "state": "" if self.state == State.ACTIVE else self.state.value}
        for one in self.narrowed:
            asked |= one.parameters
        return {name: value for name, value in asked.items() if value}

    def within(self, state: State) -> Self:
        return replace(self, state=state)

    def found(self) -> UserQuerySet:
        """By name."""
        people = User.objects.get_queryset().filter(CONDITIONS[self.state])
        for one in self.narrowed:
            wanted = ASKED[one.field.name](one.value)
            people = people.filter(~wanted if one.operator == NOT else wanted)
        return matching(people, self.q).order_by("name", "id")


def matching(people: UserQuerySet, text: str) -> UserQuerySet:
    """Those that carry every word of `text` in their name or address."""
    for word in text.split()[:10]:
        people = people.filter(Q(name__icontains=word) | Q(email__icontains=word))
    return people
