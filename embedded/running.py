"""`./run`: from an empty checkout, or from yesterday's, to a product that answers."""

from __future__ import annotations

import os
import socket
import sys
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass

from embedded import banner, ports, processes
from embedded.children import Child, Service, stop_together
from embedded.cluster import STARTS_WITHIN, Cluster
from embedded.credentials import load_or_make
from embedded.environment import share_of
from embedded.files import write_json
from embedded.homes import check_whole
from embedded.interruption import Interruption
from embedded.leftovers import recover
from embedded.output import ask, say, stopwatch
from embedded.place import Place
from embedded.product import product
from embedded.refusals import Interrupted, Refusal
from embedded.servers import Servers
from embedded.supervisor import Supervisor
from embedded.wiping import check_idle, wipe

VALKEY_WITHIN = 20.0
PRODUCT_WITHIN = 120.0


@dataclass(frozen=True)
class Wishes:
    """The command line of ./run."""

    port: int | None = None
    fresh: bool = False
    demo: bool = True
    yes: bool = False


def run(place: Place, wishes: Wishes) -> int:
    """Returns when everything has stopped again."""
    place.make()
    with place.lock():
        if wishes.fresh and not _start_over(place, sure=wishes.yes):
            return 1
        place.check_room()
        check_whole(place)
        if recover(place):
            say("  leftovers of an earlier run are stopped")
        with closing(ports.open_port(wishes.port)) as listening:
            return _supervise(place, wishes, listening)


def _start_over(place: Place, *, sure: bool) -> bool:
    check_idle(place)
    if not sure and not ask(f"Remove {place.var} with every database, file and secret in it?"):
        say("Nothing was removed.")
        return False
    recover(place)
    wipe(place)
    place.make()
    return True


def _supervise(place: Place, wishes: Wishes, listening: socket.socket) -> int:
    interruption = Interruption()
    interruption.listen()
    processes.adopt_orphans()
    servers = Servers(place, load_or_make(place, os.environ), os.environ)
    supervisor = Supervisor(place, interruption)
    with _stopping(supervisor, servers):
        say("Amana is starting.")
        _announce_port(wishes, listening)
        _start_servers(servers, supervisor)
        _start_product(servers, supervisor, wishes, listening)
        banner.show(place.var, ports.number_of(listening))
        supervisor.watch()
    return 0


@contextmanager
def _stopping(supervisor: Supervisor, servers: Servers) -> Iterator[None]:
    """However it ends: every child stopped, in order, none left."""
    try:
        yield
    except Interrupted:
        pass
    finally:
        say("Stopping.")
        supervisor.stop()
        processes.end_children()
        servers.forget_sockets()
        say("Stopped.")


def _announce_port(wishes: Wishes, listening: socket.socket) -> None:
    port = ports.number_of(listening)
    if wishes.port is None and port != ports.FIRST:
        say(f"  port {ports.FIRST} is busy: this one is on {port}")


def _start_servers(servers: Servers, supervisor: Supervisor) -> None:
    if servers.valkey:
        supervisor.launch([servers.valkey.service()], VALKEY_WITHIN)
    if servers.cluster:
        _start_cluster(servers.cluster, supervisor)


def _start_cluster(cluster: Cluster, supervisor: Supervisor) -> None:
    if not cluster.data.path.exists():
        done = stopwatch("data directory")
        cluster.prepare()
        done("made")
    cluster.prepare()
    supervisor.launch([cluster.child.service], STARTS_WITHIN)
    done = stopwatch("roles and databases")
    done("made" if cluster.bootstrap() else "there")


def _start_product(servers: Servers, supervisor: Supervisor, wishes: Wishes, web: socket.socket) -> None:
    port = ports.number_of(web)
    told = servers.told(port)
    write_json(servers.place.var / "web.json", {"port": port})
    _prepare(servers.place, told, supervisor.interruption, demo=wishes.demo)
    supervisor.launch(product(servers.place, told, web.fileno(), port), PRODUCT_WITHIN)


def _prepare(place: Place, told: Mapping[str, str], interruption: Interruption, *, demo: bool) -> None:
    """The product's own first step, told on the terminal by itself."""
    command = [sys.executable, str(place.checkout / "manage.py"), "prepare"]
    service = Service(
        name="prepare",
        command=command if demo else [*command, "--no-demo"],
        environment=share_of("prepare", told),
        ready=lambda _said: False,
        phase=2,
        on_terminal=True,
    )
    child = Child(service, place)
    try:
        child.start()
        interruption.wait(lambda: child.pid is None, float("inf"))
    finally:
        stop_together([child])
    if child.exit_code:
        raise Refusal("The databases could not be prepared: the reason stands above.")
