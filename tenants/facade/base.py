"""The alias `default`: whatever is bound now, and never a connection of its own."""

from copy import copy
from typing import Any

from django.db import connections

from tenants.backend.base import DatabaseWrapper as RealWrapper
from tenants.binding import bound_alias, bound_place, bound_tenant, is_bound
from tenants.exceptions import BoundElsewhere
from tenants.places import CATALOG, database_settings


class DatabaseWrapper:
    """Forwards to the bound tenant's connection, or the catalog's; unbound, to one that refuses to open.

    So a bare `atomic()` and third-party apps act on the right database. It also speaks django-tenants'
    connection interface, where setting a tenant is allowed only if it is the bound one already.
    """

    def __init__(self, settings_dict: dict[str, Any], alias: str) -> None:
        nowhere = RealWrapper({**settings_dict, **database_settings(CATALOG)}, alias)
        self.__dict__["nowhere"] = nowhere

    def real(self) -> Any:
        return connections[bound_alias()] if is_bound() else self.__dict__["nowhere"]

    @property
    def tenant(self) -> Any:
        return bound_tenant()

    @property
    def schema_name(self) -> str:
        return bound_place().schema_name

    @property
    def client(self) -> Any:
        """What `dbshell` opens: refused when unbound, where it would be the catalog by accident."""
        return connections[bound_alias()].client

    def set_tenant(self, tenant: Any, *_: object) -> None:
        if bound_place() != tenant.place:
            raise BoundElsewhere("A connection never changes its database: use `bound_to(tenant)`.")

    def set_schema(self, schema_name: str, *_: object) -> None:
        if self.schema_name != schema_name:
            raise BoundElsewhere("A connection never changes its database: use `bound_to(tenant)`.")

    def set_schema_to_public(self) -> None:
        self.set_schema(CATALOG.schema_name)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.real(), name)

    def __setattr__(self, name: str, value: object) -> None:
        setattr(self.real(), name, value)

    def __delattr__(self, name: str) -> None:
        delattr(self.real(), name)

    def __copy__(self) -> Any:
        """A copy of what is bound: one of the façade would go on forwarding, changes included."""
        return copy(self.real())

    def __eq__(self, other: object) -> bool:
        return self.real() is (other.real() if isinstance(other, DatabaseWrapper) else other)

    def __hash__(self) -> int:
        return id(self)
