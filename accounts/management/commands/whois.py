"""whois (--tenant SLUG | --catalog) WHAT: who an actor of the log is, a person's id or address, or a request."""

from argparse import ArgumentParser
from collections.abc import Iterator
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError

from accounts.commands import recorded, required_binding
from accounts.models import User
from audit.reading import read
from audit.recording import record
from tenants.binding import bound_alias, bound_tenant, in_catalog

TABLE = User._meta.db_table
MOST = 20


class Command(BaseCommand):
    help = "Say who an actor of the activity log is (user:…, operator:…), an id, an address, or who made a request."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("what")
        parser.add_argument("--reason", default="looked up", help="stands in the activity log")

    def handle(self, *_: Any, **options: Any) -> None:
        required_binding()
        with recorded(options["reason"]):
            for line in answer(options["what"].strip()):
                self.stdout.write(line)


def answer(what: str) -> Iterator[str]:
    """Raises CommandError where nobody is found."""
    kind, _, name = what.rpartition(":")
    if kind in ("system", "command"):
        how = "in the background" if kind == "system" else "typed in a shell"
        yield f"{what}: no person, but a part of Amana, {how}."
    elif kind == "operator" and bound_tenant() is not None:
        yield in_catalog(lambda: _about_operator(name))
    elif person := _person(name if kind in ("user", "operator") else what):
        record("accounts.looked_up", subject=TABLE, object_id=person.pk, name=person.name)
        yield from _about(person)
    elif kind == "" and (lines := [*_about_request(what)]):
        yield from lines
    else:
        raise CommandError(f"Nobody and no request is known as {what} at {bound_alias()}.")


def _person(what: str) -> User | None:
    known = _id(what)
    people = User.objects.get_queryset()
    return (people.filter(pk=known) if known else people.filter(email=what.lower())).first()


def _about(person: User) -> Iterator[str]:
    yield f"{person.name} <{person.email}>, id {person.pk}"
    yield f"  {'active' if person.is_active else 'deactivated'}, here since {person.joined_at:%Y-%m-%d}"
    roles = person.assignments.in_force().select_related("role")
    yield f"  roles: {', '.join(sorted(each.role.name for each in roles)) or 'none'}"
    seen = f"{person.last_login:%Y-%m-%d %H:%M} UTC" if person.last_login else "never"
    yield f"  last sign-in: {seen}; signed in in {person.open_sessions} browsers now"


def _about_operator(name: str) -> str:
    """A guest at a tenant: of the catalog's people only the name is told there."""
    person = _person(name)
    if person is None:
        raise CommandError(f"No operator has the id {name}.")
    return f"{person.name} <{person.email}>, an operator of Amana, id {person.pk}"


def _about_request(what: str) -> Iterator[str]:
    """What the log holds of one request, oldest first."""
    if not _id(what):
        return
    events = read(MOST, request=what)
    if events:
        record("accounts.request_looked_up", object_id=what)
        yield f"Request {what} of {events[0].actor} from {events[0].ip or 'no address'}:"
    for event in reversed(events):
        yield f"  {event.at:%Y-%m-%d %H:%M:%S} UTC  {event.actor}  {event.sentence}"


def _id(what: str) -> UUID | None:
    try:
        return UUID(what)
    except ValueError:
        return None
