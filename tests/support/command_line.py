"""manage.py as people run it: a process of its own, with exactly the environment it is given."""

import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass

from django.conf import settings

SECRETS = (
    "AMANA_PROVISIONER_URL",
    "AMANA_IDENTITY_KEY",
    "AMANA_SUPERUSER_URL",
    "AMANA_KEYSTORE_URL",
    "AMANA_MASTER_KEY",
    "AMANA_BACKUP_URL",
    "AMANA_MANIFEST_KEY",
    "AMANA_SEALER_URL",
    "AMANA_DRILL_URL",
    "AMANA_DRILL_KEY",
    "AMANA_MANIFEST_KEY",
    "AMANA_REPORT_KEY",
    "AMANA_CLUSTER_JSON",
)


@dataclass(frozen=True)
class Said:
    """How a command ended. `output` and `error` are what it said to stdout and stderr."""

    code: int
    output: str
    error: str

    @property
    def lines(self) -> list[str]:
        return self.output.splitlines()


def ours() -> dict[str, str]:
    """The environment of the suite: it holds every credential."""
    return dict(os.environ)


def without_secrets() -> dict[str, str]:
    """What web and an operator's shell are told."""
    return {name: value for name, value in os.environ.items() if name not in SECRETS}


def command_line(*arguments: str) -> list[str]:
    return [sys.executable, str(settings.BASE_DIR / "manage.py"), *arguments]


def begin(*arguments: str, environment: Mapping[str, str] | None = None) -> subprocess.Popen[str]:
    """Start it, with its output and its errors at hand; the caller ends it."""
    return subprocess.Popen(
        command_line(*arguments),
        env=environment or ours(),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def end(process: subprocess.Popen[str], typed: str | None = None) -> Said:
    output, error = process.communicate(typed, timeout=60)
    return Said(process.returncode, output, error)


def manage(*arguments: str, environment: Mapping[str, str] | None = None, typed: str | None = None) -> Said:
    """Run it to its end; `typed` is its whole standard input."""
    return end(begin(*arguments, environment=environment), typed)
