"""A checkout of our own with a space in its path: the real embedded/, a product that only pretends."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

from embedded import processes
from embedded.homes import remove
from embedded.leftovers import recover
from embedded.place import CHECKOUT, Place
from embedded.wiping import wipe

FAKES = Path(__file__).parent / "fakes"
PATIENCE = 30.0


def clean_environment() -> dict[str, str]:
    """Nothing of the servers that this very test runs beside."""
    return {name: value for name, value in os.environ.items() if not name.startswith("AMANA_")}


class Run:
    """A supervisor at work, and what it has said so far."""

    def __init__(
        self,
        command: list[str],
        folder: Path,
        said: Path,
        environment: dict[str, str],
        *,
        patience: float = PATIENCE,
    ) -> None:
        self.patience = patience
        self.said_file = said
        with said.open("wb") as out:
            self.process = subprocess.Popen(
                command, cwd=folder, env=environment, stdin=subprocess.DEVNULL, stdout=out, stderr=out
            )

    @property
    def said(self) -> str:
        return self.said_file.read_text()

    def until(self, text: str) -> Run:
        deadline = time.monotonic() + self.patience
        while text not in self.said:
            assert self.process.poll() is None, self.said
            assert time.monotonic() < deadline, self.said
            time.sleep(0.05)
        return self

    def stop(self, number: int = signal.SIGTERM) -> int:
        self.process.send_signal(number)
        return self.process.wait(PATIENCE)


class Checkout:
    """Everything a test does with it ends with `close`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        (folder / "tenants" / "sql").mkdir(parents=True)
        (folder / "embedded").symlink_to(CHECKOUT / "embedded")
        for name in ("gunicorn", "celery", "manage"):
            shutil.copy(FAKES / f"{name}.txt", folder / f"{name}.py")
        for name in ("bootstrap.sql", "pg_hba.conf"):
            shutil.copy(FAKES / name, folder / "tenants" / "sql" / name)
        self.place = Place(folder / "var", folder)
        self.runs: list[Run] = []

    def embedded(self, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "embedded", *arguments],
            cwd=self.folder,
            env=clean_environment() | environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    def begin(self, *arguments: str, **environment: str) -> Run:
        command = [sys.executable, "-m", "embedded", *arguments]
        said = self.folder / f"said-{len(self.runs)}.txt"
        self.runs.append(Run(command, self.folder, said, clean_environment() | environment))
        return self.runs[-1]

    def run(self, *arguments: str, **environment: str) -> Run:
        """Started and answering, on any port that is free."""
        return self.begin("run", "--port", "0", *arguments, **environment).until("Ctrl-C stops")

    def living(self) -> list[processes.Seen]:
        """Every process that works for this checkout."""
        homes = (str(self.folder), str(self.place.home))
        return [seen for seen in processes.everyone() if self._works_here(seen.pid, homes)]

    def _works_here(self, pid: int, homes: tuple[str, ...]) -> bool:
        told = processes.environment_of(pid).get("AMANA_VAR", "")
        directory = str(processes.directory_of(pid) or "")
        return told.startswith(homes) or directory.startswith(homes)

    def close(self) -> None:
        for run in self.runs:
            run.process.kill()
            run.process.wait()
        for file in list(self.folder.glob("var/**/cluster.json")):
            place = Place(file.parent, self.folder)
            recover(place)
            wipe(place)
        remove(self.place.home, self.place)
        for seen in self.living():
            processes.send(seen.pid, signal.SIGKILL)
