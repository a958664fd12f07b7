"""Who acted, in words. People are a matter of a higher part, which registers how they are named."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from django.utils.translation import gettext_lazy as _

from audit.context import ANONYMOUS
from tenants.binding import bound_tenant

if TYPE_CHECKING:
    from django.utils.functional import _StrOrPromise

Names = Mapping[str, str]
WORDS: dict[str, "_StrOrPromise"] = {
    ANONYMOUS: _("Somebody unknown"),
    "system": _("The system (%(what)s)"),
    "command": _("The command %(what)s"),
    "operator": _("An operator of Amana"),
    "user": _("Somebody who is gone"),
    "customer": _("Somebody of a customer"),
}
PEOPLE = {"user", "operator", ANONYMOUS}


@dataclass(frozen=True)
class Actor:
    """`key`: as the log has it. `kind`: of the mark beside the name. `is_known`: a person of this very database."""

    key: str
    name: str
    kind: Literal["person", "system"]
    is_known: bool = False


@dataclass(frozen=True)
class _Naming:
    """`names_of`: those of these keys that are people here. `everybody`: pairs of a key and a name, by name."""

    names_of: Callable[[set[str]], Names]
    everybody: Callable[[], list[tuple[str, str]]]


_naming: list[_Naming] = []


def name_actors(
    names_of: Callable[[set[str]], Names], everybody: Callable[[], list[tuple[str, str]]]
) -> None:
    """Register who can say who a key such as user:<id> is."""
    _naming.append(_Naming(names_of, everybody))


def actors_of(keys: Iterable[str]) -> dict[str, Actor]:
    """Each key with who it is. One query a registered naming."""
    wanted = {*keys}
    names = {key: name for naming in _naming for key, name in naming.names_of(wanted).items()}
    return {key: _actor(key, names.get(key)) for key in wanted}


def everybody() -> list[tuple[str, str]]:
    """All people who can have acted here, as pairs of a key and a name."""
    return [pair for naming in _naming for pair in naming.everybody()]


def _actor(key: str, name: str | None) -> Actor:
    if name is not None:
        return Actor(key, name, "person", is_known=True)
    sort, _colon, what = key.partition(":")
    told = WORDS.get("customer" if sort == "user" and bound_tenant() is None else sort)
    return Actor(key, str(told) % {"what": what} if told else key, "person" if sort in PEOPLE else "system")
