"""The embedded PostgreSQL of one folder: `Cluster.load(var)` finds it from any process."""

from __future__ import annotations

import os
import signal
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import quote

from embedded import bootstrapping, sockets
from embedded.children import Child, Service, stop_together
from embedded.credentials import Credentials, load_or_make
from embedded.files import read_json, write_json
from embedded.homes import claim
from embedded.initialising import DataDirectory
from embedded.interruption import Interruption
from embedded.leftovers import clear
from embedded.place import ROOTS_HOME, Place
from embedded.programs import find_postgres, server_user
from embedded.refusals import Refusal

STARTS_WITHIN = 60.0
DATABASES = {
    "AMANA_DATABASE_URL": ("catalog", "catalog"),
    "AMANA_PROVISIONER_URL": ("provisioner", "postgres"),
    "AMANA_BACKUP_URL": ("backup", "catalog"),
    "AMANA_DRILL_URL": ("drill", "scratch"),
    "AMANA_KEYSTORE_URL": ("keys", "keystore"),
    "AMANA_SEALER_URL": ("sealer", "postgres"),
}


class Cluster:
    """Start, stop and kill it; the processes that use it keep their sockets' path."""

    def __init__(self, place: Place, credentials: Credentials, *, durable: bool = True) -> None:
        self.place = place
        self.credentials = credentials
        self.facts = read_json(place.cluster_file)
        self.user = server_user()
        self.home = self._home()
        self.postgres = find_postgres(os.environ, self.home, self.user)
        self.data = DataDirectory(self.home / "data", self.postgres, self.user, durable)
        self._note(durable=durable, data=str(self.data.path), version=self.postgres.version)
        self._note(programs=str(self.postgres.folder))
        self.child = Child(self._service(), place)

    @classmethod
    def load(cls, var: Path | str) -> Cluster:
        """The one that lives in this folder, whoever started it."""
        place = Place.at(var)
        if not place.cluster_file.exists():
            raise Refusal(f"There is no embedded PostgreSQL in {place.var}.")
        durable = bool(read_json(place.cluster_file).get("durable", True))
        return cls(place, load_or_make(place, os.environ), durable=durable)

    def _home(self) -> Path:
        """The recorded one, so that a checkout that was moved keeps its data; never that of another."""
        recorded = Path(self.facts.get("home", self.place.home))
        home = recorded if recorded.parent == ROOTS_HOME and recorded.exists() else self.place.home
        claim(home, self.place)
        self._note(home=str(home), user=self.user)
        return home

    def _note(self, **facts: object) -> None:
        changed = self.facts | facts
        if changed != self.facts:
            self.facts = changed
            write_json(self.place.cluster_file, changed)

    @property
    def socket_folder(self) -> str:
        return str(self.facts["socket_folder"])

    @property
    def pid(self) -> int | None:
        return self.child.pid

    def _service(self) -> Service:
        self._find_sockets()
        return Service(
            name="postgresql",
            title=f"PostgreSQL {self.postgres.version}",
            command=[self.postgres.program("postgres"), "-D", self.data.path, "-k", self.socket_folder],
            environment={"PATH": os.defpath, "TZ": "UTC", "AMANA_VAR": str(self.place.var)},
            ready=lambda _said: self._answers(),
            phase=0,
            directory=self.home,
            user=self.user,
            stop_signal=signal.SIGINT,
            before=self._settle,
        )

    def _settle(self) -> None:
        """Sockets again where they were, and nobody left of a server that was killed."""
        self._find_sockets()
        clear(self.data.path)

    def _find_sockets(self) -> None:
        folder = sockets.private_folder(sockets.recorded(self.facts, self.place.var), self.user)
        self._note(socket_folder=str(folder), port=5432, var=str(self.place.var))

    def _answers(self) -> bool:
        """The eighth line of its pid file, as pg_ctl reads it."""
        try:
            lines = (self.data.path / "postmaster.pid").read_text().splitlines()
        except FileNotFoundError:
            return False
        return len(lines) > 7 and lines[7].strip() == "ready" and lines[0] == str(self.pid)

    def prepare(self) -> None:
        """The data directory and the folder of the log; the server isn't started."""
        self.data.ensure(self.credentials.superuser, self.place.sql / "pg_hba.conf")

    def start(self, *, bound: bool = False, interruption: Interruption | None = None) -> None:
        """Returns when it takes connections. Unless bound, it lives on when the starter ends."""
        self.child.start(bound=bound)
        self.child.await_answer(interruption or Interruption(), STARTS_WITHIN)

    def stop(self) -> None:
        """A fast shutdown: sessions are ended, nothing committed is lost."""
        stop_together([self.child])

    def kill(self) -> None:
        """SIGKILL, as the kernel does when memory runs out. Nothing is tidied up."""
        self.child.signal(signal.SIGKILL)
        Interruption().wait(lambda: self.child.pid is None, 10)

    def bootstrap(self) -> bool:
        """True when there was something to do."""
        script = self.place.sql / "bootstrap.sql"
        now = bootstrapping.fingerprint(script, self.credentials.passwords)
        if now == self.facts.get("bootstrapped"):
            return False
        bootstrapping.run_script(self.postgres, self.socket_folder, script, self.credentials.passwords)
        self._note(bootstrapped=now)
        return True

    def environment(self) -> Mapping[str, str]:
        """Every database URL, the superuser's included: each process is handed only its own of them."""
        urls = {name: self._url(f"amana_{role}", role, base) for name, (role, base) in DATABASES.items()}
        return urls | {"AMANA_SUPERUSER_URL": self._url("postgres", "superuser", "postgres")}

    def _url(self, user: str, role: str, database: str) -> str:
        password = quote(self.credentials.passwords[role], safe="")
        return (
            f"postgresql://{user}:{password}@/{database}?host={quote(self.socket_folder, safe='')}&port=5432"
        )
