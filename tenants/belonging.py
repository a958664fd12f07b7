"""What a row of one tenant refuses by itself, where Django asks no router."""

from typing import Any, Self

from django.db import models

from tenants.binding import bound_alias
from tenants.routing import check_origin


class OfOneTenant(models.Model):
    """Base of every model of ours. Another binding's instance raises CrossTenantError, by whichever way it comes.

    Django asks the router about one instance at a time, and never where `using`, a queryset or a list is given:
    `bulk_create`, `bulk_update`, `save(using=...)`, `update(company=...)`, `refresh_from_db(from_queryset=...)`.
    """

    class Meta:
        abstract = True

    def _prepare_related_fields_for_save(self, operation_name: str, fields: Any = None) -> None:
        check_origin(self, bound_alias())
        super()._prepare_related_fields_for_save(operation_name, fields)  # type: ignore[misc]

    def prepare_database_save(self, field: Any) -> Any:
        check_origin(self, bound_alias())
        return super().prepare_database_save(field)

    def refresh_from_db(
        self,
        using: str | None = None,
        fields: Any = None,
        from_queryset: "models.QuerySet[Self] | None" = None,
    ) -> None:
        check_origin(self, bound_alias())
        super().refresh_from_db(using, fields, from_queryset)

    def delete(self, using: str | None = None, keep_parents: bool = False) -> tuple[int, dict[str, int]]:
        check_origin(self, bound_alias())
        return super().delete(using, keep_parents)
