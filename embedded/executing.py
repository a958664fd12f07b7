"""`python -m embedded exec`: the servers alone, for as long as one command runs."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
from collections.abc import Sequence
from types import FrameType

from embedded import processes
from embedded.children import Child, stop_together
from embedded.cluster import Cluster
from embedded.credentials import Credentials, load_or_make
from embedded.environment import everything
from embedded.homes import check_whole
from embedded.interruption import Interruption
from embedded.leftovers import recover
from embedded.place import Place
from embedded.refusals import Refusal
from embedded.valkey import Valkey
from embedded.wiping import check_ours, wipe

VALKEY_WITHIN = 20.0
ORIGIN = "http://localhost:8000"


def execute(place: Place, command: Sequence[str], *, tests: bool, keep: bool) -> int:
    """Returns the command's exit code; the folder is emptied before and, unless kept, after it."""
    if not command:
        raise Refusal("Say which command to run: python -m embedded exec --var DIR -- COMMAND")
    check_ours(place)
    place.make()
    place.check_room()
    with place.lock():
        processes.adopt_orphans()
        if keep:
            return _with_servers(place, command, tests=tests)
        return _and_leave_nothing(place, command, tests=tests)


def _and_leave_nothing(place: Place, command: Sequence[str], *, tests: bool) -> int:
    recover(place)
    wipe(place)
    place.make()
    try:
        return _with_servers(place, command, tests=tests)
    finally:
        wipe(place)
        shutil.rmtree(place.var)


def _with_servers(place: Place, command: Sequence[str], *, tests: bool) -> int:
    check_whole(place)
    credentials = load_or_make(place, {})
    cluster = Cluster(place, credentials, durable=not tests)
    valkey = Valkey(place)
    server = Child(valkey.service(), place)
    recover(place)
    try:
        _start(cluster, server)
        told = _told(place, credentials, {**cluster.environment(), **valkey.environment()}, tests=tests)
        return run_command(command, dict(os.environ) | told)
    finally:
        stop_together([server])
        stop_together([cluster.child])
        processes.end_children()


def _start(cluster: Cluster, server: Child) -> None:
    interruption = Interruption()
    interruption.listen()
    server.start()
    cluster.prepare()
    cluster.start(bound=True, interruption=interruption)
    cluster.bootstrap()
    server.await_answer(interruption, VALKEY_WITHIN)
    interruption.check()


def _told(place: Place, credentials: Credentials, urls: dict[str, str], *, tests: bool) -> dict[str, str]:
    made = urls | dict(credentials.secrets) | {"AMANA_DB_PROCESSES": "1"}
    if not tests:
        del made["AMANA_SUPERUSER_URL"]
    return everything(place, {}, made, ORIGIN) | {"AMANA_CLUSTER_JSON": str(place.cluster_file)}


def run_command(command: Sequence[str], environment: dict[str, str]) -> int:
    """In our own process group: Ctrl-C reaches it from the terminal, other signals are handed on."""
    try:
        process = subprocess.Popen(list(command), env=environment)
    except OSError as error:
        raise Refusal(f"{command[0]} can't be run: {error.strerror}.") from None

    def hand_on(number: int, frame: FrameType | None) -> None:
        del frame
        if number != signal.SIGINT:
            processes.send(process.pid, number)

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, hand_on)
    code = _wait_for(process.pid)
    return code if code >= 0 else 128 - code


def _wait_for(pid: int) -> int:
    """Buries on the way whatever else of ours ends meanwhile."""
    while True:
        ended, status = os.waitpid(-1, 0)
        if ended == pid:
            return os.waitstatus_to_exitcode(status)
