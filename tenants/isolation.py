"""Is every wall still standing? Asked of PostgreSQL, tenant by tenant; what has drifted is put right."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.conf import settings
from django.utils.module_loading import import_string
from psycopg import Error

from tenants.binding import CATALOG, bound_to
from tenants.exceptions import TenancyError
from tenants.models import Tenant
from tenants.places import Place
from tenants.provisioner import provisioner
from tenants.recording import record_in_catalog
from tenants.wall_checks import WALLS, PlaceWall, Wall


@dataclass(frozen=True)
class Finding:
    """One wall of one tenant, or of the catalog: held, repaired, not held, or not visible from here."""

    subject: str
    wall: str
    outcome: str

    @property
    def held(self) -> bool:
        return self.outcome in ("held", "repaired", "not visible")

    def record(self) -> None:
        """In the platform's log: a wall that was put right, or isn't held."""
        if self.outcome == "repaired" or not self.held:
            outcome = "done" if self.held else "failed"
            record_in_catalog("tenants.wall_checked", outcome, wall=self.wall, tenant=self.subject)


def check_fleet(repair: bool) -> Iterator[Finding]:
    """The catalog, every wall of every tenant that has a database, then databases and roles that no tenant owns.

    What was put right and what couldn't be is recorded.
    """
    for finding in _look_around(repair):
        finding.record()
        yield finding


def _look_around(repair: bool) -> Iterator[Finding]:
    with bound_to(CATALOG):
        tenants = [*Tenant.objects.with_database().select_related("server")]
    known = _known()
    yield from _check_place(CATALOG.alias, CATALOG, repair)
    for tenant in tenants:
        yield from check_tenant(tenant, repair)
    yield from _orphans(known)


def check_tenant(tenant: Tenant, repair: bool) -> Iterator[Finding]:
    yield from _check_place(tenant.slug, tenant.place, repair)
    for wall in WALLS:
        yield Finding(tenant.slug, wall.name, _outcome(wall, tenant, repair))


def _check_place(subject: str, place: Place, repair: bool) -> Iterator[Finding]:
    """What other apps guard in every database (settings.AMANA_WALLS)."""
    for path in settings.AMANA_WALLS:
        wall: PlaceWall = import_string(path)
        yield Finding(subject, wall.name, _outcome_there(wall, place, repair))


def _outcome_there(wall: PlaceWall, place: Place, repair: bool) -> str:
    faults: list[str] = []
    try:
        faults = wall.faults(place)
        if faults and repair:
            wall.repair(place)
            faults = wall.faults(place)
            return f"not held: {' '.join(faults)}" if faults else "repaired"
    except (Error, TenancyError) as error:
        return f"not held: {' '.join([*faults, str(error).splitlines()[0]])}"
    return f"not held: {' '.join(faults)}" if faults else "held"


def _outcome(wall: Wall, tenant: Tenant, repair: bool) -> str:
    try:
        stands = wall.stands(tenant)
        if stands is None:
            return "not visible"
        if not stands and repair and wall.repair:
            wall.repair(tenant)
            return "repaired" if wall.stands(tenant) else "not held"
    except (Error, TenancyError) as error:
        return f"not held: {str(error).splitlines()[0]}"
    return "held" if stands else "not held"


def _known() -> set[str]:
    """Tenants' own, and what other apps keep beside them (settings.AMANA_DATABASES_BESIDE)."""
    with bound_to(CATALOG):
        known = {*Tenant.objects.not_closed().values_list("schema_name", flat=True)}
        return known.union(*(import_string(path)() for path in settings.AMANA_DATABASES_BESIDE))


def _orphans(known: set[str]) -> Iterator[Finding]:
    """What no tenant owned before the look or owns after it: some are made and closed meanwhile."""
    query = """
        SELECT datname, 'database' FROM pg_database WHERE datname ~ '^t_[a-z0-9]{16}$'
        UNION SELECT rolname, 'role' FROM pg_roles WHERE rolname ~ '^t_[a-z0-9]{16}$' ORDER BY 1, 2"""
    with provisioner() as connection:
        found = connection.execute(query).fetchall()
    known |= _known()
    for name, kind in found:
        if name not in known:
            yield Finding(name, f"{kind} belongs to a tenant", "not held")
