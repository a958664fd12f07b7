"""A stranger: another user with an empty home and a PostgreSQL of their own, that knows nothing of Amana.

As root we run them as a user who is neither ourselves nor our PostgreSQL's, and who can read nothing of ours. Whoever
isn't root can't become somebody else: the stranger is ourselves then, in an empty home with an empty environment.
"""

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

from embedded.cluster import Cluster
from embedded.programs import group_of
from tests.lifecycle.looking import wait_until

TOOLS = ("age", "zstd", "openssl", "tar", "bash")
# Of the users that every Linux has: initdb and bash want one whom they find in passwd.
OTHERS = ("games", "news", "man", "daemon")


@dataclass
class Stranger:
    """`home` is theirs, and empty; `programs` are PostgreSQL's, from the wheel."""

    home: Path
    programs: Path
    user: str | None

    @property
    def work(self) -> Path:
        return self.home / "work"

    def environment(self) -> dict[str, str]:
        """Debian's programs, the wheel's, and nothing of ours."""
        return {
            "HOME": str(self.home / "empty"),
            "PATH": f"{self.programs}:{os.defpath}",
            "PGHOST": str(self.home / "socket"),
            "PGUSER": "stranger",
        }

    def start(self, *command: str | Path) -> "subprocess.Popen[str]":
        return subprocess.Popen(
            [*map(str, command)],
            cwd=self.work,
            env=self.environment(),
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            user=self.user,
            group=group_of(self.user),
            extra_groups=[] if self.user else None,
            start_new_session=True,
        )

    def does(self, script: str) -> str:
        """What bash says to it; fails in its own words unless every command succeeds."""
        process = self.start("bash", "-e", "-c", script)
        said, _ = process.communicate(timeout=120)
        assert process.returncode == 0, said
        return said

    def asks(self, database: str, query: str) -> list[str]:
        return self.does(f"psql -X -At -d '{database}' -c \"{query}\"").splitlines()

    def given(self, source: Path) -> Path:
        """A copy of a file or folder that they may read."""
        target = self.home / source.name
        (shutil.copytree if source.is_dir() else shutil.copyfile)(source, target)
        self.hand_over()
        return target

    def hand_over(self) -> None:
        for path in (self.home, *self.home.rglob("*")):
            if self.user and not path.is_symlink():
                shutil.chown(path, self.user, group_of(self.user))


def somebody_else_than(server: str | None) -> str | None:
    """None, which is ourselves, where we can't choose."""
    if os.geteuid() != 0:
        return None
    known = {each.pw_name for each in pwd.getpwall()}
    return next(name for name in OTHERS if name in known and name != server)


@contextmanager
def stranger() -> Iterator[Stranger]:
    """With their server running."""
    ours = Cluster.load(settings.AMANA_VAR)
    home = Path(tempfile.mkdtemp(prefix="stranger-"))
    who = Stranger(home, ours.postgres.folder, somebody_else_than(ours.user))
    for name in ("empty", "work", "socket"):
        (home / name).mkdir(mode=0o700)
    who.hand_over()
    try:
        who.does(f"initdb -D '{home}/data' -U stranger --auth=trust --no-sync --locale=C --encoding=UTF8")
        options = f"-k {home}/socket -c listen_addresses= -c fsync=off -c max_connections=20"
        server = who.start("postgres", "-D", home / "data", *options.replace("-c ", "-c").split())
        try:
            wait_until(lambda: _answers(who), 20)
            yield who
        finally:
            server.terminate()
            server.communicate(timeout=20)
    finally:
        shutil.rmtree(home, ignore_errors=True)


def _answers(who: Stranger) -> bool:
    process = who.start("pg_isready", "-q")
    process.communicate(timeout=10)
    return process.returncode == 0
