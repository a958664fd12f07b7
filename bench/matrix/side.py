"""A registry of the size that the product grows to, and roles that hold a part of it each."""

import random

from access import registry
from access.registry import Area, Resource, Risk, Surface, add_resource
from access.words import VERBS
from accounts.roles.matrix import Column

RESOURCES, PERMISSIONS, ROLES, AREAS = 69, 528, 18, 18


def grow() -> None:
    """Instead of what the apps registered: 528 permissions over 69 resources in 18 areas."""
    for known in (registry._resources, registry._permissions, registry._named):
        known.clear()  # type: ignore[attr-defined]
    verbs, surfaces = [*VERBS], ("tenant",)
    areas = [Area(f"Area {number}", number) for number in range(AREAS)]
    for number in range(RESOURCES):
        actions = verbs[: PERMISSIONS // RESOURCES + (number < PERMISSIONS % RESOURCES)]
        add_resource(
            Resource(
                code=f"part{number % AREAS}.thing{number}",
                label=f"Things of kind {number}",
                area=areas[number % AREAS],
                surfaces=surfaces,  # type: ignore[arg-type]
                actions=tuple(actions),
                risks={actions[2]: Risk.SENSITIVE, actions[-1]: Risk.PII},
            )
        )


def columns(surface: Surface = "tenant") -> list[Column]:
    """Eighteen roles; the first may do everything."""
    chance = random.Random(528)  # noqa: S311 - the same table at every run
    codes = sorted(registry.codes(surface))
    held = [codes] + [chance.sample(codes, chance.randint(10, 200)) for _ in range(ROLES - 1)]
    return [
        Column(f"00000000-0000-7000-8000-0000000000{number:02}", f"Role {number}", frozenset(each))
        for number, each in enumerate(held)
    ]
