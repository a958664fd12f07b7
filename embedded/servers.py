"""Which servers are ours to start: those that the environment doesn't name."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from embedded import sockets
from embedded.cluster import Cluster
from embedded.credentials import Credentials
from embedded.environment import everything
from embedded.files import read_json
from embedded.place import Place
from embedded.product import DB_PROCESSES
from embedded.refusals import Refusal
from embedded.valkey import Valkey


class Servers:
    """The embedded PostgreSQL and Valkey, or none where real ones are given."""

    def __init__(self, place: Place, credentials: Credentials, given: Mapping[str, str]) -> None:
        check_given(given)
        self.place = place
        self.credentials = credentials
        self.given = given
        self.cluster = None if given.get("AMANA_DATABASE_URL") else Cluster(place, credentials)
        brokered = given.get("AMANA_BROKER_URL") and given.get("AMANA_CACHE_URL")
        self.valkey = None if brokered else Valkey(place)

    def forget_sockets(self) -> None:
        """Made again, at the same place if it is still free, by the next start."""
        if self.cluster:
            sockets.forget(self.cluster.socket_folder)
        if self.valkey:
            sockets.forget(self.valkey.folder)

    def told(self, port: int) -> dict[str, str]:
        """All that any process may be told."""
        made = dict(self.credentials.secrets) | {"AMANA_DB_PROCESSES": str(DB_PROCESSES)}
        made |= {"AMANA_BACKUP_STORE": f"file://{self.place.var}/backups"}
        made |= self.cluster.environment() if self.cluster else {}
        made |= self.valkey.environment() if self.valkey else {}
        return everything(self.place, self.given, made, f"http://localhost:{port}")


def check_given(given: Mapping[str, str]) -> None:
    """A real catalog without its provisioner can't be prepared."""
    if given.get("AMANA_DATABASE_URL") and not given.get("AMANA_PROVISIONER_URL"):
        raise Refusal("AMANA_DATABASE_URL is set but not AMANA_PROVISIONER_URL: give both, or neither.")


def noted_port(var: Path) -> int | None:
    """Where the web process listens, or listened last."""
    return read_json(var / "web.json").get("port")
