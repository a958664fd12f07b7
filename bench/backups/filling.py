"""A tenant of a given size: contacts that nobody typed, and their events in its log."""

import os

import psycopg
from psycopg.conninfo import make_conninfo

from audit.context import preamble
from tenants.models import Tenant

# About 400 bytes a row, half of it words that repeat, half of it what doesn't compress: zstd makes a third of it.
CONTACTS = """
    INSERT INTO contacts_contact (id, kind, name, email, phone, address, city, country, tax_id, language, notes,
                                  version, created_at, updated_at)
    SELECT gen_random_uuid(), 'person', (ARRAY['Dora','Amal','Wei','Ines','Karim'])[1 + n %% 5] || ' ' || md5(n::text),
           md5('mail' || n) || '@example.com', '+966 ' || (100000000 + n), (n %% 900) || ' Harbour Road',
           'Riyadh', 'SA', substr(md5('tax' || n), 1, 12), 'en',
           'Met at the fair; asked for samples of cardamom and saffron; wants an offer by next month. '
               || md5('a' || n) || md5('b' || n), 1, now(), now()
    FROM generate_series(%(first)s::int, %(last)s::int) AS n"""
AT_ONCE = 50_000


def superuser(database: str) -> str:
    return make_conninfo(os.environ["AMANA_SUPERUSER_URL"], dbname=database)


def fill(tenant: Tenant, megabytes: int) -> int:
    """Until its database is that large; how many bytes it has then."""
    with psycopg.connect(superuser(tenant.place.database), autocommit=True) as connection:
        rows = 0
        while (size := _size(connection)) < megabytes << 20:
            left = ((megabytes << 20) - size) // 500 + 1
            last = rows + min(AT_ONCE, left)
            with connection.transaction():
                connection.execute((preamble() or "").encode())
                connection.execute(CONTACTS, {"first": rows + 1, "last": last})
            rows = last
        connection.execute("VACUUM ANALYZE contacts_contact")
        return size


def _size(connection: "psycopg.Connection[tuple[int]]") -> int:
    row = connection.execute("SELECT pg_database_size(current_database())").fetchone()
    return row[0] if row else 0
