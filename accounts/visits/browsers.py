"""Browsers in which a person was before: each carries a random token, of which only a keyed hash is kept here."""

from datetime import timedelta
from secrets import token_urlsafe
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase
from django.utils import timezone
from django.utils.crypto import salted_hmac

from accounts.letters.sending import send_letter
from accounts.models import KnownBrowser, User
from accounts.visits.agents import agent_of, in_english
from audit.context import acting_now
from audit.recording import record

COOKIE = "__Host-amana-browser" if settings.SESSION_COOKIE_SECURE else "amana_browser"
KEPT_FOR = timedelta(days=400)  # the longest that browsers keep a cookie
BYTES = 32
RECOGNISED_BY = "_browser_recognised_by"


def is_known(request: HttpRequest, person: User) -> bool:
    """Whether `person` was all the way inside with this browser before. One query; none for a browser without token."""
    return _row(request, person) is not None


def recognise(request: HttpRequest, person: User, *, tell: bool) -> KnownBrowser:
    """This browser is `person`'s from now on. Of a new one they are told by letter, if `tell`."""
    now, ip = timezone.now(), acting_now().ip or None
    known = _row(request, person)
    if known is None:
        return _add(request, person, tell=tell)
    known.last_seen_at, known.ip, known.agent = now, ip, agent_of(request)
    known.save(update_fields=["last_seen_at", "ip", "agent"])
    setattr(request, RECOGNISED_BY, request.COOKIES[COOKIE])
    return known


def give_token(request: HttpRequest, response: HttpResponseBase) -> None:
    """The cookie of a browser that was recognised at this request; it lasts anew from here."""
    token = getattr(request, RECOGNISED_BY, "")
    if token:
        response.set_cookie(
            COOKIE,
            token,
            max_age=KEPT_FOR,
            secure=settings.SESSION_COOKIE_SECURE,
            httponly=True,
            samesite="Lax",
        )


def forget_all(person: User, but: UUID | None = None) -> None:
    """No browser is known to be `person`'s any more, except the one with the id `but`."""
    (person.browsers.exclude(pk=but) if but else person.browsers.all()).delete()


def _add(request: HttpRequest, person: User, *, tell: bool) -> KnownBrowser:
    token = _token_of_a_colleague(request) or token_urlsafe(BYTES)
    setattr(request, RECOGNISED_BY, token)
    agent, ip = agent_of(request), acting_now().ip or None
    person.browsers.filter(last_seen_at__lt=timezone.now() - KEPT_FOR).delete()
    browser, _ = KnownBrowser.objects.get_or_create(
        user=person, digest=digest_of(token), defaults={"agent": agent, "ip": ip}
    )
    record(
        "accounts.browser_new",
        subject=User._meta.db_table,
        object_id=person.pk,
        name=person.name,
        browser=in_english(agent),
    )
    if tell:
        told: dict[str, str] = {"agent": agent, "ip": ip or "", "at": timezone.now().isoformat()}
        send_letter(person, "new-device", browser=str(browser.pk), **told)
    return browser


def _token_of_a_colleague(request: HttpRequest) -> str:
    """Two people take turns at one browser: a token that is somebody's here serves both, a made-up one nobody."""
    token = request.COOKIES.get(COOKIE, "")
    return token if token and KnownBrowser.objects.filter(digest=digest_of(token)).exists() else ""


def _row(request: HttpRequest, person: User) -> KnownBrowser | None:
    token = request.COOKIES.get(COOKIE, "")
    if not token:
        return None
    fresh = timezone.now() - KEPT_FOR
    return person.browsers.filter(digest=digest_of(token), last_seen_at__gt=fresh).first()


def digest_of(token: str) -> str:
    """Keyed by the bound tenant's own key: of no use at another."""
    return salted_hmac("accounts.known-browser", token, algorithm="sha256").hexdigest()
