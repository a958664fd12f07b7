"""Which alias a query goes to: the bound one, said by its real name."""

from typing import Any

from django.conf import settings
from django.db.models import Model

from tenants.binding import bound_alias, bound_place, is_bound
from tenants.exceptions import CrossTenantError
from tenants.places import SCRATCH_OF_CATALOG

CATALOGS = ("catalog", "owner-of-catalog", SCRATCH_OF_CATALOG)


class BoundRouter:
    """Returns the real alias, so that `_state.db`, the ContentType cache and `on_commit` carry the tenant."""

    def db_for_read(self, model: type[Model], instance: Model | None = None, **_: Any) -> str:
        return _alias_for(model, instance)

    def db_for_write(self, model: type[Model], instance: Model | None = None, **_: Any) -> str:
        return _alias_for(model, instance)

    def allow_relation(self, one: Model, other: Model, **_: Any) -> bool:
        for instance in (one, other):
            check_origin(instance, bound_alias())
        return True

    def allow_migrate(self, db: str, app_label: str, **_: Any) -> bool:
        if db == "default" and not is_bound():
            return False
        on_catalog = db in CATALOGS if db != "default" else bound_place().is_catalog
        return app_label in (settings.CATALOG_LABELS if on_catalog else settings.TENANT_LABELS)


def _alias_for(model: type[Model] | None, instance: Model | None) -> str:
    alias = bound_alias()
    if instance is not None:
        check_origin(instance, alias)
    labels = settings.CATALOG_LABELS if alias in CATALOGS else settings.TENANT_LABELS
    if model and model._meta.app_label not in labels and not alias.startswith("owner-of-"):
        raise CrossTenantError(f"{model._meta.label} doesn't live in the bound database ({alias}).")
    return alias


def check_origin(instance: Model, alias: str) -> None:
    """Raises CrossTenantError where `instance` was loaded from another database than `alias`."""
    origin = instance._state.db
    if origin is not None and origin != alias:
        raise CrossTenantError(
            f"This {instance._meta.object_name} was loaded from {origin}; bound to {alias}, it can't be used."
        )
