"""The sites that are walked."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from django.utils.translation import override

from tests.browser.walk import at_operators, at_public, at_tenant
from tests.browser.walk.visit import Visit
from tests.browser.walk.world import World


@dataclass(frozen=True)
class Surface:
    """`visits`: where to go there, made in the language that is being spoken."""

    name: str
    host: Callable[[World], str]
    visits: Callable[[World], Iterator[Visit]]

    def __str__(self) -> str:
        return self.name

    def visits_in(self, language: str, world: World) -> list[Visit]:
        """Addresses, too, may tell the language."""
        with override(language):
            return [*self.visits(world)]


SURFACES = (
    Surface("tenant", lambda world: world.acme.primary_host, at_tenant.visits),
    Surface("fresh tenant", lambda world: world.fresh.primary_host, at_tenant.visits_of_a_fresh_one),
    Surface("operators", lambda world: at_operators.HOST, at_operators.visits),
    Surface("public", lambda world: at_public.HOST, at_public.visits),
)
