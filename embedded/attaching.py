"""`python -m embedded manage`: Django's commands, told what the web process of ./run is told."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Sequence
from typing import NoReturn

from embedded.credentials import load_or_make
from embedded.environment import share_of
from embedded.place import Place
from embedded.refusals import Refusal
from embedded.servers import Servers, noted_port


def environment(place: Place) -> dict[str, str]:
    """No more than the web process has: what needs more is asked of the worker that holds it."""
    port = noted_port(place.var)
    if port is None:
        raise Refusal(f"Amana has not been started on {place.var} yet: use ./run first.")
    servers = Servers(place, load_or_make(place, os.environ), os.environ)
    return _with_programs(place, share_of("command", servers.told(port)))


def _with_programs(place: Place, told: dict[str, str]) -> dict[str, str]:
    """The server's own psql and pg_dump come first: another major's would refuse or be refused."""
    try:
        programs = json.loads(place.cluster_file.read_text())["programs"]
    except (OSError, KeyError):
        return told
    return told | {"PATH": f"{programs}{os.pathsep}{told.get('PATH', os.defpath)}"}


def manage(place: Place, arguments: Sequence[str]) -> NoReturn:
    """Becomes the command."""
    command = [sys.executable, str(place.checkout / "manage.py"), *arguments]
    os.execve(sys.executable, command, environment(place))  # noqa: S606 (no shell is what we want)
