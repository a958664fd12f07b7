"""The embedded Valkey: broker and cache, on a socket that only we can reach."""

from __future__ import annotations

import os
import socket

from embedded import sockets
from embedded.children import Service
from embedded.files import read_json, write_json
from embedded.place import Place
from embedded.programs import find_valkey


class Valkey:
    """Broker in database 0, cache in database 1; both survive a restart."""

    def __init__(self, place: Place) -> None:
        self.place = place
        self.file = place.var / "valkey.json"
        self.data = place.var / "valkey"
        self._find_socket()

    def _find_socket(self) -> None:
        known = sockets.recorded(read_json(self.file), self.place.var)
        self.folder = str(sockets.private_folder(known, None))
        if known != self.folder:
            write_json(self.file, {"socket_folder": self.folder, "var": str(self.place.var)})

    @property
    def socket(self) -> str:
        return f"{self.folder}/valkey.sock"

    def service(self) -> Service:
        self.data.mkdir(exist_ok=True)
        options = {
            "port": "0",
            "unixsocket": self.socket,
            "unixsocketperm": "700",
            "appendonly": "yes",
            "appendfsync": "everysec",
            "save": "",
            "daemonize": "no",
            "crash-log-enabled": "no",
            "hide-user-data-from-log": "yes",
        }
        arguments = [word for name, value in options.items() for word in (f"--{name}", value)]
        return Service(
            name="valkey",
            title="Valkey",
            command=[find_valkey(), *arguments],
            environment={"PATH": os.defpath, "AMANA_VAR": str(self.place.var)},
            ready=lambda _said: self._answers(),
            phase=1,
            directory=self.data,
            before=self._find_socket,
        )

    def _answers(self) -> bool:
        try:
            with socket.socket(socket.AF_UNIX) as client:
                client.settimeout(1)
                client.connect(self.socket)
                client.sendall(b"PING\r\n")
                return client.recv(64).startswith(b"+PONG")
        except OSError:
            return False

    def environment(self) -> dict[str, str]:
        return {
            "AMANA_BROKER_URL": f"redis+socket://{self.socket}?virtual_host=0",
            "AMANA_CACHE_URL": f"unix://{self.socket}?db=1",
        }
