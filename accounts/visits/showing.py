"""A person's visits, for their own security page and for whoever may look after others'."""

from dataclasses import dataclass

from accounts.models import Session, User
from accounts.support.guest import Guest
from accounts.visits.agents import in_words


@dataclass(frozen=True)
class Visit:
    """`is_this`: it is the one in whose page it stands. `ip`: empty where nobody knows it, or the reader isn't told."""

    session: Session
    is_this: bool
    ip: str = ""

    @property
    def browser(self) -> str:
        return in_words(self.session.agent)

    @property
    def is_handheld(self) -> bool:
        return any(mark in self.session.agent for mark in ("Mobile", "Android", "iPhone", "iPad"))


def visits_of(person: User, this: str | None, reader: User | Guest) -> list[Visit]:
    """Those that aren't over, this one first. `this`: the key of the session that asks.

    A guest isn't told where the tenant's people are: no addresses.
    """
    found = Session.objects.of(person).not_over().by_last_seen()
    visits = [
        Visit(session, session.pk == this, "" if reader.is_guest else session.ip or "") for session in found
    ]
    return sorted(visits, key=lambda visit: not visit.is_this)
