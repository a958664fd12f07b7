from collections.abc import Callable

import pytest
from django.db import OperationalError, connection, transaction
from django.db.models.query import RawQuerySet

from tenants.binding import bound_to
from tenants.models import Tenant
from tenants.pool import pool


def test_what_is_closed_inside_a_transaction_goes_to_nobody_else(new_tenant: Callable[[], Tenant]) -> None:
    tenant = new_tenant()
    with bound_to(tenant):
        with pytest.raises(OperationalError), transaction.atomic():
            connection.cursor()
            held = connection.connection
            connection.close()
            assert held.closed
            assert tenant.schema_name not in pool.usage()
            connection.cursor().execute("SELECT 1")
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
            assert cursor.fetchone() == (1,)


def test_a_raw_query_without_a_model_asks_the_bound_database(acme: Tenant) -> None:
    with bound_to(acme):
        assert RawQuerySet("SELECT 1").db == acme.schema_name
