"""A log that an older version began goes on in this one, as it was sealed."""

from audit.installing import install
from audit.verifying import verify
from tenants.models import Tenant
from tests.sealing.sealed import seal_now, tampering, verified, write

AS_IT_WAS = """
    DROP INDEX audit.event_by_transaction;
    DROP FUNCTION audit.horizon(bigint);
    ALTER TABLE audit.event
        ALTER COLUMN xid DROP DEFAULT,
        ALTER COLUMN xid TYPE xid8 USING xid::text::xid8,
        ALTER COLUMN xid SET DEFAULT pg_current_xact_id();
    ALTER TABLE audit.seal
        ALTER COLUMN since TYPE xid8 USING since::text::xid8,
        ALTER COLUMN until TYPE xid8 USING until::text::xid8;
    CREATE INDEX event_by_transaction ON audit.event (xid);
    CREATE FUNCTION audit.horizon(lowest xid8) RETURNS xid8 LANGUAGE sql AS 'SELECT lowest';
"""


def test_transaction_ids_of_type_xid8_become_numbers(hooli: Tenant) -> None:
    with tampering(hooli.schema_name) as connection:
        connection.execute(AS_IT_WAS)

    install(hooli.place)

    write(hooli, "赵敏")
    seal_now(hooli)
    assert verified(hooli) == ""
    assert verify(hooli.place).batches == 4
