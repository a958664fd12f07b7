"""Whose keys may be used: the bound tenant's and nobody else's."""

from uuid import UUID

from keys.exceptions import KeyMissing
from tenants.binding import bound_place

PLATFORM = UUID(int=0)


def bound_owner() -> UUID:
    """The bound tenant's id; the nil UUID stands for the platform itself, bound to the catalog.

    Raises NoTenantBound, and KeyMissing where a database's owner is bound: migrations have no keys.
    """
    owner = owner_in_sight()
    if owner is None:
        raise KeyMissing(f"{bound_place().alias} belongs to no tenant, so it has no keys.")
    return owner


def owner_in_sight() -> UUID | None:
    """The same, but None where a database's owner is bound. Raises NoTenantBound."""
    place = bound_place()
    return PLATFORM if place.is_catalog else place.tenant_id
