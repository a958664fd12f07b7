"""A data directory: made whole or not at all, and recognised before it is used."""

from __future__ import annotations

import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from embedded.files import write_private
from embedded.programs import PostgreSQL, group_of
from embedded.refusals import Refusal

SETTINGS = """\
# Written by Amana at every start: change nothing here.
listen_addresses = ''
port = 5432
unix_socket_permissions = 0700
max_connections = 120
password_encryption = 'scram-sha-256'
timezone = 'UTC'
log_timezone = 'UTC'
log_line_prefix = '%m [%p] %q%u@%d '
# Rows have no place in a log. An error goes to who asked, whose log names what was violated and no value of it.
log_min_messages = 'log'
log_min_error_statement = 'panic'
log_error_verbosity = 'terse'
log_statement = 'none'
log_min_duration_statement = -1
log_min_duration_sample = -1
log_transaction_sample_rate = 0
log_parameter_max_length = 0
log_parameter_max_length_on_error = 0
"""
DURABLE = """\
fsync = on
full_page_writes = on
synchronous_commit = on
"""
THROWN_AWAY = """\
fsync = off
full_page_writes = off
synchronous_commit = off
max_wal_size = 4GB
checkpoint_timeout = 1h
"""
START_OVER = "start over with ./run --fresh"


@dataclass(frozen=True)
class DataDirectory:
    """Where one cluster's data lie, whose they are, and which programs may touch them."""

    path: Path
    postgres: PostgreSQL
    user: str | None
    durable: bool = True

    def ensure(self, password: str, pg_hba: Path) -> None:
        if not self.path.exists():
            self._make(password)
        self._recognise()
        self._configure(pg_hba)

    def _make(self, password: str) -> None:
        draft = self.path.with_name(f"{self.path.name}.partial")
        shutil.rmtree(draft, ignore_errors=True)
        draft.mkdir(mode=0o700)
        self._hand_over(draft)
        password_file = self.path.with_name("password")
        write_private(password_file, password)
        self._hand_over(password_file)
        try:
            self._initdb(draft, password_file)
        finally:
            password_file.unlink()
        with (draft / "postgresql.conf").open("a") as configuration:
            configuration.write("\ninclude 'amana.conf'\n")
        draft.rename(self.path)

    def _initdb(self, draft: Path, password_file: Path) -> None:
        result = subprocess.run(
            self._initdb_command(draft, password_file),
            capture_output=True,
            text=True,
            check=False,
            user=self.user,
            group=group_of(self.user),
            extra_groups=[] if self.user else None,
            cwd=draft,
            env={"PATH": os.defpath, "TZ": "UTC"},
            start_new_session=True,
        )
        if result.returncode:
            last = (result.stderr.strip() or "no message").splitlines()[-1]
            raise Refusal(f"initdb could not make the data directory: {last}")

    def _initdb_command(self, draft: Path, password_file: Path) -> list[str]:
        """The built-in locale needs nothing of the operating system; PostgreSQL 16 has none."""
        command = [str(self.postgres.program("initdb")), f"--pgdata={draft}", "--username=postgres"]
        command += [f"--pwfile={password_file}", "--auth=scram-sha-256", "--encoding=UTF8"]
        if self.postgres.major >= 17:
            command += ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"]
        else:
            command += ["--locale=C.UTF-8"]
        return command if self.durable else [*command, "--no-sync"]

    def _recognise(self) -> None:
        version_file = self.path / "PG_VERSION"
        if not version_file.exists() or not (self.path / "global" / "pg_control").exists():
            raise Refusal(
                f"The data directory {self.path} is half written or not PostgreSQL's: {START_OVER}."
            )
        major = version_file.read_text().strip()
        if major != str(self.postgres.major):
            raise Refusal(
                f"The data directory {self.path} was made by PostgreSQL {major} and this is "
                f"{self.postgres.version}: use those programs (AMANA_PG_BIN) or {START_OVER}."
            )

    def _configure(self, pg_hba: Path) -> None:
        self._write("pg_hba.conf", pg_hba.read_text(encoding="utf-8"))
        self._write("amana.conf", SETTINGS + (DURABLE if self.durable else THROWN_AWAY))

    def _write(self, name: str, text: str) -> None:
        write_private(self.path / name, text)
        self._hand_over(self.path / name)

    def _hand_over(self, path: Path) -> None:
        if self.user:
            shutil.chown(path, self.user)
