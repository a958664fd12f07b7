"""A role as its editor shows it: of each resource a level, and below it the single verbs; and that form, read again.

A level that was chosen anew decides. Where it wasn't touched, or is "custom", the single verbs do. So the editor needs
no script: each half may contradict the other in what is sent, and what the person touched wins.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.http import QueryDict
from django.utils.translation import pgettext_lazy

from access.registry import Area, Permission, Resource, Surface, resources

if TYPE_CHECKING:
    from django.utils.functional import _StrOrPromise

NONE, VIEW, WORK, MANAGE, CUSTOM = "none", "view", "work", "manage", "custom"
LABELS: dict[str, "_StrOrPromise"] = {
    NONE: pgettext_lazy("level of a role", "None"),
    VIEW: pgettext_lazy("level of a role", "View"),
    WORK: pgettext_lazy("level of a role", "Work"),
    MANAGE: pgettext_lazy("level of a role", "Manage"),
    CUSTOM: pgettext_lazy("level of a role", "Custom"),
}


def levels_of(resource: Resource) -> dict[str, frozenset[str]]:
    """What each level gives, in their order; one that would give the same as a lower one isn't offered."""
    actions = {
        NONE: (),
        VIEW: tuple({"view"} & set(resource.actions)),
        WORK: resource.work,
        MANAGE: resource.actions,
    }
    offered: dict[str, frozenset[str]] = {}
    for level, these in actions.items():
        given = frozenset(f"{resource.code}:{action}" for action in these)
        if given not in offered.values():
            offered[level] = given
    return offered


def level_of(resource: Resource, codes: frozenset[str]) -> str:
    """The level that gives exactly these, or "custom"."""
    mine = codes & {permission.code for permission in resource.permissions}
    return next((level for level, given in levels_of(resource).items() if given == mine), CUSTOM)


@dataclass(frozen=True)
class Verb:
    """One chip of the editor. `lacked`: whoever edits hasn't got it, and can't give it."""

    permission: Permission
    granted: bool
    lacked: bool = False


@dataclass(frozen=True)
class Row:
    """One resource, as a role has it."""

    resource: Resource
    verbs: list[Verb]

    @property
    def held(self) -> frozenset[str]:
        return frozenset(verb.permission.code for verb in self.verbs if verb.granted)

    @property
    def level(self) -> str:
        return level_of(self.resource, self.held)

    @property
    def label(self) -> "_StrOrPromise":
        return LABELS[self.level]

    @property
    def levels(self) -> list[tuple[str, "_StrOrPromise", bool]]:
        """Code, label and whether it is the present one."""
        return [(level, LABELS[level], level == self.level) for level in (*levels_of(self.resource), CUSTOM)]


def rows(
    surface: Surface, codes: frozenset[str], givable: frozenset[str] | None = None
) -> dict[Area, list[Row]]:
    """All that there is, by area, as a role with `codes` has it. `givable`: what whoever edits could add."""
    found: dict[Area, list[Row]] = {}
    for resource in resources(surface):
        verbs = [_verb(each, codes, givable) for each in resource.permissions]
        found.setdefault(resource.area, []).append(Row(resource, verbs))
    return found


def _verb(permission: Permission, codes: frozenset[str], givable: frozenset[str] | None) -> Verb:
    granted = permission.code in codes
    lacked = givable is not None and not granted and permission.code not in givable
    return Verb(permission, granted, lacked)


def narrowed(found: dict[Area, list[Row]], text: str = "", *, granted: bool = False) -> dict[Area, list[Row]]:
    """Those rows that carry every word of `text` in area, resource or a verb; with `granted`, that give something."""
    wanted = text.casefold().split()
    kept = {
        area: [row for row in of_area if (row.held or not granted) and _carries(row, wanted)]
        for area, of_area in found.items()
    }
    return {area: of_area for area, of_area in kept.items() if of_area}


def _carries(row: Row, words: Iterable[str]) -> bool:
    verbs = " ".join(f"{verb.permission.verb} {verb.permission.code}" for verb in row.verbs)
    said = f"{row.resource.area.label} {row.resource.label} {verbs}".casefold()
    return all(word in said for word in words)


def chosen_in(typed: QueryDict, surface: Surface) -> frozenset[str]:
    """What the form of the editor asks for; of resources that it didn't show, what it carried along."""
    checked = frozenset(typed.getlist("code"))
    chosen: set[str] = set()
    for resource in resources(surface):
        level, was = typed.get(f"level-{resource.code}", CUSTOM), typed.get(f"was-{resource.code}", "")
        given = levels_of(resource).get(level)
        own = {each.code for each in resource.permissions}
        chosen |= given if given is not None and level != was else checked & own
    return frozenset(chosen)
