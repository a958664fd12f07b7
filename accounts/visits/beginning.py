"""How a visit begins: a new key, what is known of the browser, and, once somebody is inside, whether it came before."""

from functools import lru_cache
from hashlib import sha256

from django.contrib.auth import SESSION_KEY, login
from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone

from accounts.models import Session, User
from accounts.visits import browsers
from accounts.visits.agents import agent_of
from accounts.visits.session import session_of
from audit.context import acting_now

ARRIVING = "arriving"


def begin(request: HttpRequest, person: User, backend: str | None = None) -> None:
    """`person` is signed in, under a key that nobody else can know; whoever was here before is gone.

    Signing in counts as having confirmed who they are. What else they owe is asked at the door.
    """
    was_here_before = person.last_login is not None
    if SESSION_KEY in request.session:
        request.session.flush()
    _end_forgotten(person)
    login(request, person, backend)
    session = session_of(request)
    if session.session_key is None:
        session.create()
    now = timezone.now()
    session.mark(
        signed_in_at=now,
        confirmed_at=now,
        last_seen_at=now,
        ip=acting_now().ip or None,
        agent=agent_of(request),
        rights=summary(frozenset(person.rights.codes)),
    )
    session[ARRIVING] = was_here_before


def arrive(request: HttpRequest, person: User) -> None:
    """At the first page behind the door: all that was owed is given, so this browser is theirs."""
    was_here_before = request.session.pop(ARRIVING, None)
    if was_here_before is not None:
        _recognise_once(request, person, tell=was_here_before)


@transaction.atomic
def _recognise_once(request: HttpRequest, person: User, *, tell: bool) -> None:
    """The first page may ask for several things at once."""
    mine = Session.objects.select_for_update().filter(pk=request.session.session_key, browser=None)
    if mine.first():
        browser = browsers.recognise(request, person, tell=tell)
        session_of(request).mark(browser_id=browser.pk)


def rotate_on_new_rights(request: HttpRequest, person: User) -> None:
    """A key that was learned while its person might do less is of no use once they may do more."""
    session, rights = session_of(request), summary(frozenset(person.rights.codes))
    before = session.kept["rights"]
    if before != rights and (not before or session.rotate()):
        session.mark(rights=rights)


@lru_cache(maxsize=1000)
def summary(codes: frozenset[str]) -> str:
    """16 hex digits, equal for equal codes."""
    return sha256(" ".join(sorted(codes)).encode()).hexdigest()[:16]


def _end_forgotten(person: User) -> None:
    """Sessions that no browser came back with, past their time."""
    for session in Session.objects.with_terms().of(person).select_related("user"):
        if why := session.over():
            session.end(why)
