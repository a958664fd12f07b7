"""Runs bootstrap.sql as the superuser whenever it, or a password it sets, has changed."""

from __future__ import annotations

import hashlib
import hmac
import os
import subprocess
from collections.abc import Mapping
from pathlib import Path

from embedded.programs import PostgreSQL
from embedded.refusals import Refusal


def fingerprint(script: Path, passwords: Mapping[str, str]) -> str:
    """Keyed, because it stands in a file that may be looked at."""
    told = "\0".join(f"{name}={passwords[name]}" for name in sorted(passwords))
    return hmac.new(told.encode(), script.read_bytes(), hashlib.sha256).hexdigest()


def run_script(postgres: PostgreSQL, socket_folder: str, script: Path, passwords: Mapping[str, str]) -> None:
    """The passwords go in on standard input: a command line can be read by everybody."""
    names = sorted(name for name in passwords if name != "superuser")
    lines = [f"\\set {name}_password {quoted(passwords[name])}" for name in names]
    lines.append(f"\\i {quoted(os.fspath(script))}")
    result = subprocess.run(
        [postgres.program("psql"), "-X", "-q", "-v", "ON_ERROR_STOP=1", "-f", "-"],
        input="\n".join(lines) + "\n",
        capture_output=True,
        text=True,
        check=False,
        env=_as_superuser(socket_folder, passwords["superuser"]),
        start_new_session=True,
    )
    if result.returncode:
        error = next((line for line in result.stderr.splitlines() if "ERROR" in line), result.stderr.strip())
        raise Refusal(f"{script.name} failed: {error}")


def _as_superuser(socket_folder: str, password: str) -> dict[str, str]:
    place = {"PGHOST": socket_folder, "PGPORT": "5432", "PGUSER": "postgres", "PGDATABASE": "postgres"}
    return {"PATH": os.defpath, "PGPASSWORD": password, "PGCONNECT_TIMEOUT": "10", **place}


def quoted(text: str) -> str:
    """A psql variable's value or a path, whatever stands in it."""
    return "'" + text.replace("\\", "\\\\").replace("'", "''") + "'"
