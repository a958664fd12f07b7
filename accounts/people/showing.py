"""Everything that a person's page tells, of who is looked at and by whom."""

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from django.utils import timezone

from accounts.limits.lockouts import locked_until
from accounts.models import Assignment, TotpDevice, User
from accounts.outranking import is_above
from accounts.people.about import OVERVIEW, tabs_about
from accounts.people.states import TONES, State, state_of
from interface.tabs import Tab

# Each verb with the permission that it takes, and the states of a person in which it means something.
VERBS = {
    "assign_role": {State.ACTIVE, State.INVITED},
    "update": {State.ACTIVE, State.INVITED, State.DEACTIVATED},
    "invite": {State.INVITED},
    "reset_password": {State.ACTIVE},
    "reset_2fa": {State.ACTIVE, State.INVITED},
    "unlock": {State.ACTIVE},
    "deactivate": {State.ACTIVE},
    "reactivate": {State.DEACTIVATED},
}


@dataclass(frozen=True)
class PersonPage:
    person: User
    reader: User

    @property
    def is_reader(self) -> bool:
        return self.person.pk == self.reader.pk

    @cached_property
    def state(self) -> State:
        return state_of(self.person)

    @property
    def tone(self) -> str:
        return TONES[self.state]

    @cached_property
    def _assignments(self) -> list[Assignment]:
        return [*self.person.assignments.select_related("role", "granted_by", "ended_by")]

    @property
    def roles(self) -> list[Assignment]:
        """In force, or to come."""
        now = timezone.now()
        return [each for each in self._assignments if each.ends_at is None or each.ends_at > now]

    @property
    def former_roles(self) -> list[Assignment]:
        return [each for each in self._assignments if each not in self.roles]

    @property
    def now(self) -> datetime:
        return timezone.now()

    @cached_property
    def factor(self) -> TotpDevice | None:
        return TotpDevice.objects.filter(user=self.person, confirmed=True).first()

    @cached_property
    def locked_until(self) -> datetime | None:
        return locked_until(self.person)

    @property
    def sessions(self) -> int:
        return self.person.open_sessions

    @property
    def may(self) -> dict[str, bool]:
        """Which verbs are offered. Nobody does any of these to themselves, nor takes anything from who is above them;
        what is refused is refused by the verb.
        """
        offered = {verb: self._may(verb) and self.state in states for verb, states in VERBS.items()}
        offered["reset_2fa"] = offered["reset_2fa"] and self.factor is not None
        offered["unlock"] = offered["unlock"] and self.locked_until is not None
        offered["end_role"] = offered["assign_role"] and not self._is_above
        offered["withdraw"] = offered["invite"] and not self._is_above
        offered["deactivate"] = offered["deactivate"] and not self._is_above
        return offered

    @cached_property
    def _is_above(self) -> bool:
        return is_above(self.person, self.reader.rights)

    def _may(self, verb: str) -> bool:
        return not self.is_reader and self.reader.has_perm(f"accounts.user:{verb}")

    @property
    def tabs(self) -> list[Tab]:
        return tabs_about(self.person, self.reader, OVERVIEW)
