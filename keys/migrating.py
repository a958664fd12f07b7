"""The key store's own schema, made by amana_keys: the provisioner, who makes all others, has no way in."""

from pathlib import Path
from typing import Any

from psycopg import Connection

from keys.store import key_store

SQL = Path(__file__).parent / "sql"
SCHEMA = """
CREATE TABLE IF NOT EXISTS schema_version (
    name text PRIMARY KEY,
    applied_at timestamptz NOT NULL DEFAULT now()
)"""


def migrate_key_store() -> list[str]:
    """Apply the SQL files that weren't yet, in the order of their numbers, all or none; gives their names."""
    with key_store() as connection:
        connection.execute("SELECT pg_advisory_xact_lock(hashtextextended('key store schema', 0))")
        connection.execute(SCHEMA)
        missing = [name for name in files() if name not in applied(connection)]
        for name in missing:
            connection.execute((SQL / f"{name}.sql").read_bytes())
            connection.execute("INSERT INTO schema_version (name) VALUES (%s)", [name])
    return missing


def files() -> list[str]:
    return sorted(path.stem for path in SQL.glob("*.sql"))


def applied(connection: Connection[Any]) -> list[str]:
    rows = connection.execute("SELECT name FROM schema_version ORDER BY name").fetchall()
    return [name for (name,) in rows]
