"""Short private folders for sockets: a socket's path may have 107 bytes, a checkout's may be longer."""

import os
import pwd
import shutil
import stat
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

SHORT = Path("/tmp")  # noqa: S108 (mode 700, and the name is unguessable)


def recorded(facts: Mapping[str, Any], var: Path) -> str | None:
    """A copied var/ names the sockets of the original: those are not ours."""
    return facts.get("socket_folder") if facts.get("var") == str(var) else None


def private_folder(known: str | None, user: str | None) -> Path:
    """The known folder if it is still ours, made again if it was lost, else a new one."""
    if known and _kept(Path(known), _owner(user)):
        return Path(known)
    folder = Path(tempfile.mkdtemp(prefix="amana-", dir=SHORT if SHORT.is_dir() else None))
    _hand_over(folder, user)
    return folder


def _kept(folder: Path, owner: int) -> bool:
    try:
        status = folder.lstat()
    except FileNotFoundError:
        return _made_again(folder, owner)
    return stat.S_ISDIR(status.st_mode) and status.st_uid == owner and stat.S_IMODE(status.st_mode) == 0o700


def _made_again(folder: Path, owner: int) -> bool:
    """Programs that run know this path: it should stay the same."""
    try:
        folder.mkdir(mode=0o700)
    except OSError:
        return False
    if os.geteuid() == 0:
        os.chown(folder, owner, -1)
    return True


def _owner(user: str | None) -> int:
    return pwd.getpwnam(user).pw_uid if user else os.geteuid()


def _hand_over(folder: Path, user: str | None) -> None:
    if user:
        shutil.chown(folder, user, pwd.getpwnam(user).pw_gid)


def forget(folder: str | None) -> None:
    """Only a folder of this module's making is removed."""
    if folder and Path(folder).name.startswith("amana-"):
        with suppress(OSError):
            shutil.rmtree(folder)
