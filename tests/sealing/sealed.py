"""Logs with sealed batches, and a superuser with triggers off who tampers with them."""

from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from typing import Any

import psycopg
from psycopg import Connection

from audit.batches import Header, Sealed, before_the_first, marks_of
from audit.comparing import number
from audit.hashing import leaf_of, root_of
from audit.sealer import events_of, sealer, seals
from audit.sealing import Sealing, seal
from audit.verifying import verify
from business.contacts.models import Contact
from tenants.binding import bound_to
from tenants.models import Tenant
from tenants.places import database_settings
from tests.lifecycle.looking import superuser

SAYS = 'SELECT set_config(\'amana.ctx\', \'{"at": "\' || extract(epoch FROM now()) || \'", "actor": "test"}\', true)'
INSERT = """
    INSERT INTO contacts_contact (id, kind, name, email, phone, address, city, country, tax_id, language, notes,
                                  version, created_at, updated_at)
    VALUES (gen_random_uuid(), 'person', 'Sam Reed', '', '', '', '', '', '', '', '', 1, now(), now())"""


@contextmanager
def as_tenant(tenant: Tenant) -> Iterator[Connection[Any]]:
    found = database_settings(tenant.place)
    named = {"dbname": "NAME", "user": "USER", "password": "PASSWORD", "host": "HOST", "port": "PORT"}
    with psycopg.connect(**{key: found[name] for key, name in named.items()}) as connection:
        yield connection


def begin_and_write(connection: Connection[Any]) -> None:
    connection.execute(SAYS)
    connection.execute(INSERT)


def write(tenant: Tenant, *names: str) -> None:
    """One event each."""
    with bound_to(tenant):
        for name in names:
            Contact.objects.create(name=name)


def seal_now(tenant: Tenant) -> Sealing:
    with sealer(tenant.place) as connection:
        return seal(connection, tenant.place)


def verified(tenant: Tenant) -> str:
    """What is wrong, in words; empty where nothing is."""
    return verify(tenant.place).wrong


@contextmanager
def tampering(database: str) -> Iterator[Connection[Any]]:
    """A superuser to whom no trigger applies."""
    with superuser(database) as connection:
        connection.execute("SET session_replication_role = replica")
        connection.execute("SET TimeZone = 'UTC'")
        yield connection


def ids(tenant: Tenant) -> list[int]:
    with superuser(tenant.schema_name) as connection:
        return [id_ for (id_,) in connection.execute("SELECT id FROM audit.event ORDER BY id").fetchall()]


def batches(tenant: Tenant) -> list[tuple[int, list[int]]]:
    """Each batch with the ids in it."""
    with superuser(tenant.schema_name) as connection:
        return connection.execute(
            "SELECT batch, ids FROM audit.seal WHERE kind = 'events' ORDER BY 1"
        ).fetchall()


def of_event(tenant: Tenant, id_: int) -> str:
    """As a finding names it: the id, the time, the action and the subject."""
    query = """
        SELECT to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), action, subject
        FROM audit.event WHERE id = %s"""
    with superuser(tenant.schema_name) as connection:
        row = connection.execute(query, [id_]).fetchone()
    assert row
    return f"event {id_} ({row[0]}, {row[1]}, {row[2]})"


def rewrite_seals(tenant: Tenant, connection: Connection[Any]) -> list[Sealed]:
    """Every seal made anew from the events as they are now, by our own code: a chain without a flaw."""
    rewritten: list[Sealed] = []
    with connection.transaction():
        for sealed in [*seals(connection, tenant.place)]:
            events = events_of(connection, Header(**{**vars(sealed.header), "events": 10**6}))
            leaves = [leaf_of(event) for event in events]
            numbers = [number(event) for event in events]
            marks = marks_of(numbers, leaves)
            previous = rewritten[-1].digest if rewritten else before_the_first(tenant.schema_name)
            said = {
                **vars(sealed.header),
                "events": len(events),
                "root": root_of(leaves),
                "marks_digest": sha256(marks).digest(),
                "previous": previous,
            }
            header = Header(**said)
            rewritten.append(Sealed(header, header.digest(), marks))
            connection.execute(
                "UPDATE audit.seal SET events = %s, root = %s, marks_digest = %s, previous = %s, digest = %s,"
                " ids = %s, leaves = %s WHERE batch = %s",
                [
                    *(said[name] for name in ("events", "root", "marks_digest", "previous")),
                    header.digest(),
                    numbers,
                    b"".join(leaves),
                    header.batch,
                ],
            )
    return rewritten


def rewrite_catalog(rewritten: list[Sealed]) -> None:
    """The anchors in the catalog made to agree with rewritten seals."""
    with superuser("catalog") as connection:
        for sealed in rewritten:
            columns = ("events", "root", "marks_digest", "previous")
            connection.execute(
                "UPDATE audit_anchor SET events = %s, root = %s, marks_digest = %s, previous = %s, digest = %s,"
                " marks = %s WHERE database = %s AND batch = %s",
                [
                    *(getattr(sealed.header, name) for name in columns),
                    sealed.digest,
                    sealed.marks,
                    sealed.header.database,
                    sealed.header.batch,
                ],
            )
