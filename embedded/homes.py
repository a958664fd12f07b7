"""The folder outside the checkout that root's PostgreSQL lives in, and which checkout it belongs to."""

from __future__ import annotations

import shutil
from pathlib import Path

from embedded.files import read_json
from embedded.place import ROOTS_HOME, Place
from embedded.refusals import Refusal


def claim(home: Path, place: Place) -> None:
    """Makes it, or takes it over from a folder that was moved here; a copy of a folder gets a refusal."""
    home.mkdir(parents=True, exist_ok=True)
    if home.parent != ROOTS_HOME:
        return
    owner = owner_of(home)
    if owner not in {None, place.var} and _serves(owner, home):
        raise Refusal(f"{place.var} is a copy of {owner}, which has the data: start over with ./run --fresh.")
    (home / "serves").write_text(f"{place.var}\n", encoding="utf-8")


def owner_of(home: Path) -> Path | None:
    file = home / "serves"
    return Path(file.read_text(encoding="utf-8").strip()) if file.exists() else None


def _serves(owner: Path | None, home: Path) -> bool:
    return owner is not None and read_json(owner / "cluster.json").get("home") == str(home)


def remove(home: Path, place: Place) -> None:
    """Only one of root's homes, and only this folder's."""
    owner = owner_of(home)
    if home.parent == ROOTS_HOME and (owner in {None, place.var} or not _serves(owner, home)):
        shutil.rmtree(home, ignore_errors=True)


def check_whole(place: Place) -> None:
    """Without its secrets a database can't be opened; without its folder it is nobody's."""
    if place.secrets_file.exists():
        return
    if place.cluster_file.exists() or (place.var / "postgres" / "data").exists():
        raise Refusal(f"{place.secrets_file} is missing: put it back or start over with ./run --fresh.")
    remove(place.home, place)
