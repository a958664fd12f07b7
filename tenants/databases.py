"""`settings.DATABASES` that knows ten thousand tenants without listing them."""

from collections.abc import Iterator
from typing import Any

from tenants.binding import bound_alias, bound_place, is_bound, open_here
from tenants.exceptions import CrossTenantError, NoTenantBound
from tenants.places import CATALOG, Place, database_settings

STATIC = ("default", CATALOG.alias)
DEFAULTS: dict[str, Any] = {
    "ATOMIC_REQUESTS": False,
    "AUTOCOMMIT": True,
    "CONN_MAX_AGE": 0,
    "CONN_HEALTH_CHECKS": False,
    "TIME_ZONE": None,
    "NAME": "",
    "USER": "",
    "PASSWORD": "",
    "HOST": "",
    "PORT": "",
}
TEST_DEFAULTS = {"CHARSET": None, "COLLATION": None, "MIGRATE": True, "MIRROR": None, "NAME": None}


class Databases(dict[str, Any]):
    """An alias resolves while it is bound; iteration shows the static ones, the bound one, those open in this thread.

    Registering every tenant instead would cost Django's three walks over all aliases in each request.
    """

    def __init__(self) -> None:
        super().__init__(default=_settings({"ENGINE": "tenants.facade", "OPTIONS": {}}))

    def __contains__(self, alias: object) -> bool:
        return alias in STATIC or self._bound(alias) is not None

    def __missing__(self, alias: str) -> dict[str, Any]:
        place = CATALOG if alias == CATALOG.alias else self._bound(alias)
        if place is None:
            raise refusal(alias)
        return _settings(database_settings(place))

    def __iter__(self) -> Iterator[str]:
        bound = {bound_alias()} if is_bound() else set()
        yield from STATIC
        yield from (open_here() | bound) - {*STATIC}

    @staticmethod
    def _bound(alias: object) -> Place | None:
        if is_bound() and bound_place().alias == alias:
            return bound_place()
        return None


def refusal(alias: str) -> NoTenantBound | CrossTenantError:
    """What to raise when `alias` is used and isn't the bound one."""
    if is_bound():
        return CrossTenantError(f"Bound to {bound_place().alias}: {alias} can't be used here.")
    return NoTenantBound(f"No tenant is bound: {alias} can't be used.")


def _settings(given: dict[str, Any]) -> dict[str, Any]:
    return {**DEFAULTS, **given, "TEST": dict(TEST_DEFAULTS)}
