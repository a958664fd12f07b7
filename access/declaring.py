"""Who may open a page: said at the view, once, and enforced in one place (access.middleware.DeclaredAccess).

    @requires("contacts.contact:archive")   whoever holds the permission
    @signed_in                              every person, for what is their own
    @at_the_door                            a person who still owes something: a second factor, a new password
    @open_to_strangers                      anybody

A page that says none of these is opened to nobody.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import Any, TypeVar

from django.contrib.auth.decorators import login_not_required

View = TypeVar("View", bound=Callable[..., Any])


class Door(Enum):
    PERMISSION = "a permission"
    PERSON = "a sign-in"
    THRESHOLD = "the first half of a sign-in"
    STREET = "nothing"


@dataclass(frozen=True)
class Declared:
    """`code`: the permission. `confirmed`: whoever asks must have proved shortly before that it is them."""

    door: Door
    code: str = ""
    confirmed: bool = False


def requires(code: str, *, confirmed: bool = False) -> Callable[[View], View]:
    return _marking(Declared(Door.PERMISSION, code, confirmed))


def signed_in(view: View) -> View:
    return _marking(Declared(Door.PERSON))(view)


def signed_in_and_confirmed(view: View) -> View:
    return _marking(Declared(Door.PERSON, confirmed=True))(view)


def at_the_door(view: View) -> View:
    return _marking(Declared(Door.THRESHOLD))(login_not_required(view))


def open_to_strangers(view: View) -> View:
    return _marking(Declared(Door.STREET))(login_not_required(view))


def declared(view: Callable[..., Any]) -> Declared | None:
    return getattr(view, "access", None)


def _marking(said: Declared) -> Callable[[View], View]:
    def mark(view: View) -> View:
        view.access = said  # type: ignore[attr-defined]
        return view

    return mark
