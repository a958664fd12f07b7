"""What operators may know of a tenant: how big it is and when somebody last signed in."""

from datetime import datetime
from typing import Any, LiteralString

from django.utils import timezone
from psycopg import Connection, Error

from tenants.binding import CATALOG, bound_to
from tenants.models import Tenant
from tenants.provisioner import provisioner


def measure_fleet() -> None:
    """Write size and last sign-in of every tenant into the catalog; one that can't be reached keeps its last."""
    with bound_to(CATALOG):
        tenants = [*Tenant.objects.with_database().select_related("server")]
    for tenant in tenants:
        try:
            measure(tenant)
        except Error:
            continue


def measure(tenant: Tenant) -> None:
    size, last_sign_in = _look(tenant)
    with bound_to(CATALOG):
        Tenant.objects.filter(pk=tenant.pk).update(
            size_bytes=size, last_sign_in_at=last_sign_in, measured_at=timezone.now()
        )


def _look(tenant: Tenant) -> tuple[int, datetime | None]:
    """The size is the database owner's to know, the sign-ins are the tables' owner's."""
    with provisioner(tenant.place.database, tenant.place) as connection:
        size = _value(connection, "SELECT pg_database_size(current_database())")
        connection.execute("SET ROLE tenant_owner")
        return size, _value(connection, "SELECT max(last_login) FROM accounts_user")


def _value(connection: Connection[Any], query: LiteralString) -> Any:
    row = connection.execute(query).fetchone()
    return row[0] if row else None
