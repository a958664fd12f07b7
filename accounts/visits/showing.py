"""A person's visits, for their own security page and for whoever may look after others'."""

from dataclasses import dataclass

from accounts.models import Session, User
from accounts.visits.agents import in_words


@dataclass(frozen=True)
class Visit:
    """`is_this`: it is the one in whose page it stands."""

    session: Session
    is_this: bool

    @property
    def browser(self) -> str:
        return in_words(self.session.agent)

    @property
    def is_handheld(self) -> bool:
        return any(mark in self.session.agent for mark in ("Mobile", "Android", "iPhone", "iPad"))


def visits_of(person: User, this: str | None) -> list[Visit]:
    """Those that aren't over, this one first. `this`: the key of the session that asks."""
    found = Session.objects.of(person).not_over().by_last_seen()
    visits = [Visit(session, session.pk == this) for session in found]
    return sorted(visits, key=lambda visit: not visit.is_this)
