"""Copies of the key store, encrypted, of their own short life: what is destroyed has left the last one within days."""

import json
import os
import secrets
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import IO, Any

from cryptography.exceptions import InvalidTag
from django.utils import timezone
from psycopg import Connection, sql

from audit.recording import record_in_catalog
from keys.certificates import escrow_lifetime
from keys.ciphers import decrypt, derive, encrypt
from keys.escrow_folder import escrow_folder
from keys.exceptions import EscrowRefused
from keys.masters import master_keys, master_named
from keys.migrating import applied
from keys.store import key_store

TABLES = ("data_key", "row_key", "signing_key", "certificate", "destroyed")
NAME = "keystore-%Y%m%dT%H%M%SZ.escrow"
FORM = "amana escrow 1"
EARLY = timedelta(hours=2)
BIGGEST = 1 << 26


def make_escrow() -> Path:
    """Copy the key store, as of one moment, into a new file of AMANA_ESCROW_DIR, encrypted under the master key.

    Raises EscrowRefused while that isn't mounted.
    """
    now = timezone.now().astimezone(UTC)
    path = escrow_folder() / now.strftime(NAME)
    draft = path.with_suffix(".partial")
    with os.fdopen(os.open(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as file:
        _write(file, now)
        file.flush()
        os.fsync(file.fileno())
    draft.rename(path)
    record_in_catalog("keys.escrow_made", file=path.name)
    return path


def expire_escrows() -> list[Path]:
    """Remove each that would reach its end before the next look, and drafts of makers that were killed."""
    folder = escrow_folder()
    ended = [path for path in folder.glob("*.escrow") if ends_at(path) <= timezone.now() + EARLY]
    yesterday = (timezone.now() - timedelta(days=1)).timestamp()
    drafts = [path for path in folder.glob("*.partial") if path.stat().st_mtime < yesterday]
    for path in [*ended, *drafts]:
        path.unlink(missing_ok=True)
    for path in ended:
        record_in_catalog("keys.escrow_ended", file=path.name)
    return ended


def ends_at(path: Path) -> datetime:
    """The moment that certificates rely on: no escrow lives longer."""
    return datetime.strptime(path.name, NAME).replace(tzinfo=UTC) + escrow_lifetime()


def restore_escrow(path: Path) -> int:
    """Fill an empty key store from an escrow, all or none; gives the number of rows.

    Raises EscrowRefused where it was altered or cut short, has reached its end, is another release's, or where the
    key store isn't empty. Keys destroyed since it was made come back with it: destroy them again.
    """
    try:
        count = _restore(path)
    except EscrowRefused:
        record_in_catalog("keys.escrow_restored", "refused", file=path.name)
        raise
    record_in_catalog("keys.escrow_restored", file=path.name)
    return count


def _restore(path: Path) -> int:
    with path.open("rb") as file, key_store() as connection:
        connection.execute("SET LOCAL statement_timeout = 0")
        header = _header(file)
        if datetime.fromisoformat(header["made_at"]) + escrow_lifetime() < timezone.now():
            raise EscrowRefused(
                f"{path.name} has reached its end: what certificates promise would be broken."
            )
        if header["schema"] != applied(connection):
            raise EscrowRefused("The escrow is of another release: restore it with that one, then upgrade.")
        if sum(_count(connection, table) for table in TABLES):
            raise EscrowRefused("The key store isn't empty: an escrow is never mixed with what is there.")
        _fill(connection, _chunks(file, header))
        connection.execute("UPDATE change SET count = count + 1")
        return sum(_count(connection, table) for table in TABLES)


def _write(file: IO[bytes], now: datetime) -> None:
    master = master_keys()[0]
    with key_store() as connection:
        connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        connection.execute("SET LOCAL statement_timeout = 0")
        told = {"form": FORM, "master": master.name, "salt": secrets.token_hex(16)}
        header = json.dumps(told | {"made_at": now.isoformat(), "schema": applied(connection)})
        file.write(f"{header}\n".encode())
        key = _key(master.secret, header)
        for number, chunk in enumerate(_copied(connection)):
            sealed = encrypt(key, chunk, header, str(number))
            file.write(len(sealed).to_bytes(4, "big") + sealed)


def _copied(connection: Connection[Any]) -> Iterator[bytes]:
    """Each chunk begins with its table's name; the last one has no name, so that a file cut short is noticed."""
    for table in TABLES:
        statement = sql.SQL("COPY {} TO STDOUT (FORMAT binary)").format(sql.Identifier(table))
        with connection.cursor().copy(statement) as copy:
            yield from (f"{table}\n".encode() + bytes(data) for data in copy)
    yield b"\n"


def _header(file: IO[bytes]) -> dict[str, Any]:
    line = file.readline(10_000).decode(errors="replace").rstrip("\n")
    try:
        header = json.loads(line)
        if header["form"] != FORM:
            raise EscrowRefused("The escrow is of a format that this release doesn't know.")
    except (ValueError, TypeError, KeyError):
        raise EscrowRefused("That isn't an escrow of the key store.") from None
    return {**header, "line": line}


def _chunks(file: IO[bytes], header: dict[str, Any]) -> Iterator[tuple[str, bytes]]:
    key = _key(master_named(header["master"]).secret, header["line"])
    number, table = 0, "-"
    while table:
        length = int.from_bytes(file.read(4), "big")
        try:
            chunk = decrypt(key, file.read(min(length, BIGGEST)), header["line"], str(number))
        except InvalidTag:
            raise EscrowRefused(
                "The escrow was altered or cut short, or the master key isn't the one that it was made with."
            ) from None
        name, _, data = chunk.partition(b"\n")
        table = name.decode()
        number += 1
        yield table, data


def _fill(connection: Connection[Any], chunks: Iterator[tuple[str, bytes]]) -> None:
    table, data = next(chunks)
    while table:
        current = table
        statement = sql.SQL("COPY {} FROM STDIN (FORMAT binary)").format(sql.Identifier(current))
        with connection.cursor().copy(statement) as copy:
            while table == current:
                copy.write(data)
                table, data = next(chunks)


def _count(connection: Connection[Any], table: str) -> int:
    row = connection.execute(sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(table))).fetchone()
    return int(row[0]) if row else 0


def _key(master: bytes, header: str) -> bytes:
    return derive(master, f"amana escrow|{header}")
