"""Starting over: everything in the folder goes, and what root keeps elsewhere for it."""

from __future__ import annotations

import shutil
from pathlib import Path

from embedded import sockets
from embedded.files import read_json
from embedded.homes import remove
from embedded.place import LOCK, Place
from embedded.refusals import Refusal

OURS = {"cluster.json", "secrets.json", "log", LOCK}


def check_ours(place: Place) -> None:
    """A folder that holds anything else is not emptied."""
    names = {path.name for path in place.var.iterdir()} if place.var.exists() else set()
    if names and not names & OURS:
        raise Refusal(f"{place.var} holds files that are not Amana's: choose another folder.")


def check_idle(place: Place) -> None:
    """Another one may live in a folder below, as the tests' servers do."""
    for file in place.var.glob(f"*/{LOCK}"):
        Place(file.parent, place.checkout).lock().close()


def wipe(place: Place) -> None:
    """With the lock held and nothing running. The lock's file stays: it is the lock."""
    facts = read_json(place.cluster_file)
    for file in (place.cluster_file, place.var / "valkey.json"):
        sockets.forget(read_json(file).get("socket_folder"))
    for home in {place.home, Path(facts.get("home", place.home))}:
        remove(home, place)
    for path in place.var.iterdir():
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        elif path.name != LOCK:
            path.unlink()
