"""Where a checkout keeps what it makes."""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

from embedded.files import make_private_directory
from embedded.refusals import Refusal

CHECKOUT = Path(__file__).absolute().parent.parent
ROOTS_HOME = Path("/var/lib/amana")
LOCK = "supervisor.lock"
ENOUGH = 500 * 1024 * 1024


@dataclass(frozen=True)
class Place:
    """A checkout and the folder its servers live in."""

    var: Path
    checkout: Path = CHECKOUT

    @classmethod
    def at(cls, var: Path | str | None = None) -> Place:
        return cls(Path(var).absolute() if var else CHECKOUT / "var")

    @property
    def cluster_file(self) -> Path:
        return self.var / "cluster.json"

    @property
    def secrets_file(self) -> Path:
        return self.var / "secrets.json"

    @property
    def sql(self) -> Path:
        return self.checkout / "tenants" / "sql"

    @property
    def home(self) -> Path:
        """PostgreSQL refuses root, and the checkout may lie where no other user can go."""
        if os.geteuid() != 0:
            return self.var / "postgres"
        origin = self.checkout if self.var == self.checkout / "var" else self.var
        return ROOTS_HOME / hashlib.sha256(os.fsencode(origin.resolve())).hexdigest()[:16]

    def log(self, name: str) -> Path:
        return self.var / "log" / f"{name}.log"

    def record(self, name: str) -> Path:
        return self.var / "run" / f"{name}.json"

    def make(self) -> None:
        make_private_directory(self.var)
        for name in ("log", "run"):
            (self.var / name).mkdir(exist_ok=True)

    def check_room(self) -> None:
        for folder in (self.var, self.home):
            existing = next(path for path in (folder, *folder.parents) if path.exists())
            if shutil.disk_usage(existing).free < ENOUGH:
                raise Refusal(
                    f"Less than 500 MB are free on the disk of {existing}: make room and try again."
                )

    def lock(self) -> TextIO:
        """Held as long as the file returned is open: one supervisor a folder."""
        file = (self.var / LOCK).open("a+")
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.close()
            raise Refusal(f"Amana is already running on {self.var}: stop that one first.") from None
        return file
