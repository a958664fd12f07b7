"""What somebody typed into a form that wasn't carried out: given back, so that it isn't lost."""

from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID

from django.http import HttpRequest
from django.utils.translation import gettext

FOR_MACHINES = ("next", "version")
MOST = 500_000  # characters, of all that is given back


@dataclass(frozen=True)
class Typed:
    name: str
    value: str

    @property
    def label(self) -> str:
        """The field's name as words: in the person's language where a label reads like it."""
        return gettext(self.name.replace("_", " ").capitalize())

    @property
    def has_lines(self) -> bool:
        return "\n" in self.value

    @property
    def is_for_machines(self) -> bool:
        return not self.value or self.name in FOR_MACHINES or _is_id(self.value)


def typed_in(request: HttpRequest, never: tuple[str, ...]) -> list[Typed]:
    """Without fields whose names have one of `never` in them, and without what is too long."""
    return [*_typed(request, never)]


def is_whole(request: HttpRequest, typed: list[Typed]) -> bool:
    """Sent with a part missing, a form could empty what it says nothing of."""
    sent = sum(len(values) for name, values in request.POST.lists() if name != "csrfmiddlewaretoken")
    return len(typed) == sent and not request.FILES


def _typed(request: HttpRequest, never: tuple[str, ...]) -> Iterator[Typed]:
    left = MOST
    for name, values in request.POST.lists():
        for value in values:
            left -= len(name) + len(value)
            if left >= 0 and name and not any(word in name.casefold() for word in never):
                yield Typed(name, value)


def _is_id(value: str) -> bool:
    try:
        return bool(UUID(value))
    except ValueError:
        return False
