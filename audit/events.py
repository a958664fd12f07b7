"""The security events there are, each with a sentence for every way it can end; declared in `<app>/activity.py`.

The sentence is the declaration: the names in its %(…)s, beside the actor, are the details that must be recorded, and
no others can be. What may never be one of them: a secret, or anything of a customer's own people (buyers, contacts,
attendees). The name and id of our customer's staff may.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Literal

from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise as Sentence

Outcome = Literal["done", "refused", "failed"]
NAME = re.compile(r"[a-z][a-z_]*\.[a-z][a-z_]*")
DETAIL = re.compile(r"%\((\w+)\)s")
UNDONE = _("This failed, and nothing of it remains: %(sentence)s")


class UnknownEvent(LookupError):
    """No app declares this event, or not with this outcome: say it in the app's `activity` module."""


class WrongDetails(ValueError):
    """The details aren't those that the event's sentence names."""


@dataclass(frozen=True)
class Kind:
    """One kind of event; `sentences` maps each outcome it can have to its sentence."""

    name: str
    sentences: Mapping[Outcome, "Sentence"]

    def check(self, outcome: Outcome, details: Mapping[str, str | int]) -> None:
        """Raises UnknownEvent, WrongDetails."""
        wanted = self.details(outcome)
        if details.keys() != wanted:
            raise WrongDetails(f"{self.name} takes {sorted(wanted)}, not {sorted(details)}.")
        if not all(isinstance(value, str | int) for value in details.values()):
            raise WrongDetails(f"Details of {self.name} are texts and whole numbers.")

    def details(self, outcome: Outcome) -> set[str]:
        """The names of the details that belong to this outcome. Raises UnknownEvent."""
        if outcome not in self.sentences:
            raise UnknownEvent(f"{self.name} isn't declared with the outcome {outcome}.")
        return {*DETAIL.findall(_source(self.sentences[outcome]))} - {"actor"}


_kinds: dict[str, Kind] = {}


def event(
    name: str,
    done: "Sentence | None" = None,
    *,
    refused: "Sentence | None" = None,
    failed: "Sentence | None" = None,
) -> None:
    """Declare an event, named app.what_happened, with a lazily translated sentence for each outcome it can have."""
    said: dict[Outcome, Sentence | None] = {"done": done, "refused": refused, "failed": failed}
    sentences = {outcome: sentence for outcome, sentence in said.items() if sentence is not None}
    if not NAME.fullmatch(name) or not sentences:
        raise ValueError(f"{name}: an event is named app.what_happened, and has a sentence.")
    if name in _kinds:
        raise ValueError(f"{name} is declared already.")
    _kinds[name] = Kind(name, MappingProxyType(sentences))


def kind_of(name: str) -> Kind:
    """Raises UnknownEvent."""
    if name not in _kinds:
        raise UnknownEvent(f"{name} is declared in no app's activity module.")
    return _kinds[name]


def kinds() -> Mapping[str, Kind]:
    return MappingProxyType(_kinds)


def _source(sentence: "Sentence") -> str:
    """In English, whatever language is active: a translation decides nothing."""
    with override(None):
        return str(sentence)
