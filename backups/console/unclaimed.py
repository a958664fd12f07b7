"""Copies that the catalog doesn't know, with whose each says it is, as far as it is believed."""

from dataclasses import dataclass

from backups.console.naming import page_of_whose
from backups.models import UnclaimedCopy
from backups.owners import full_name
from tenants.binding import CATALOG
from tenants.models import Tenant


@dataclass(frozen=True)
class Row:
    """`whose` and `url` are empty where nobody of ours signed it, or where nobody has that database now."""

    copy: UnclaimedCopy
    whose: str = ""
    url: str = ""


def rows_of(copies: list[UnclaimedCopy]) -> list[Row]:
    names = {copy.database for copy in copies if copy.is_signed}
    tenants = {each.schema_name: each for each in Tenant.objects.filter(schema_name__in=names)}
    return [_row(copy, tenants.get(copy.database)) for copy in copies]


def _row(copy: UnclaimedCopy, tenant: Tenant | None) -> Row:
    is_catalogs = copy.database == CATALOG.database
    if not copy.is_signed or (tenant is None and not is_catalogs):
        return Row(copy)
    return Row(copy, full_name(tenant), page_of_whose(tenant))
