"""People in the palette and on the search page, for whoever may see them."""

from collections.abc import Iterable
from uuid import UUID

from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _

from access.registry import Surface
from accounts.models import User
from accounts.people.filters import matching
from accounts.people.states import State, state_of
from interface.palette import Command, Record, Searchable

VIEW = "accounts.user:view"
NAMES: tuple[tuple[str, Surface], ...] = (("person", "tenant"), ("operator", "operator"))


def _find(user: User, text: str, limit: int) -> Iterable[Record]:
    if not user.has_perm(VIEW):
        return ()
    return map(_record, matching(User.objects.active(), text).order_by("name", "id")[:limit])


def _look_up(user: User, ids: list[UUID]) -> Iterable[Record]:
    return map(_record, User.objects.filter(pk__in=ids)) if user.has_perm(VIEW) else ()


def _record(person: User) -> Record:
    state = state_of(person)
    detail = person.email if state == State.ACTIVE else f"{person.email} · {state.label}"
    return Record(person.pk, person.name, reverse("people:person-detail", args=[person.pk]), "user", detail)


def _more(text: str) -> str:
    return f"{reverse('people:person-list')}?{urlencode({'q': text})}"


SEARCHABLES = [
    Searchable(
        name=name,
        label=_("People"),
        surface=surface,
        find=_find,
        look_up=_look_up,
        more=_more,
    )
    for name, surface in NAMES
]
COMMANDS = (
    Command(
        label=_("Invite somebody"),
        icon="user-plus",
        url_name="people:invite",
        words=_("new person, user, colleague"),
        requires="accounts.user:invite",
    ),
    Command(
        label=_("Change the security settings"),
        icon="shield-check",
        url_name="people:policy-update",
        words=_("password, timeout, lock, second factor"),
        typed_only=True,
        requires="accounts.security_policy:update",
    ),
)
