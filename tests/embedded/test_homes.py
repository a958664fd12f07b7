"""Where root's PostgreSQL lives, outside the checkout."""

import os
import shutil
from pathlib import Path

import pytest

from embedded import sockets
from embedded.files import read_json, write_json
from embedded.homes import claim, owner_of, remove
from embedded.place import ROOTS_HOME, Place
from embedded.refusals import Refusal
from tests.embedded.checkout import Checkout

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root keeps its cluster elsewhere")


@pytest.mark.slow
@as_root
def test_it_is_named_and_belongs_to_another_user(checkout: Checkout) -> None:
    checkout.folder.parent.chmod(0o700)
    checkout.run().stop()
    facts = read_json(checkout.place.cluster_file)
    home = Path(facts["home"])
    assert home.parent == ROOTS_HOME
    assert owner_of(home) == checkout.place.var
    assert (home / "data").stat().st_uid != 0
    assert (home / "data").owner() == facts["user"]


@pytest.mark.slow
@as_root
def test_a_missing_var_starts_over(checkout: Checkout) -> None:
    checkout.run().stop()
    shutil.rmtree(checkout.place.var)
    again = checkout.run()
    assert "data directory         made" in again.said
    assert again.stop() == 0


@as_root
def test_a_moved_checkout_keeps_its_data_and_a_copy_is_refused(tmp_path: Path) -> None:
    original, copy = Place(tmp_path / "one" / "var"), Place(tmp_path / "two" / "var")
    home = original.home
    original.make()
    claim(home, original)
    write_json(original.cluster_file, {"home": str(home)})
    shutil.copytree(original.var, copy.var)
    with pytest.raises(Refusal, match="is a copy of"):
        claim(home, copy)
    remove(home, copy)
    assert home.exists()
    shutil.rmtree(original.var)
    claim(home, copy)
    assert owner_of(home) == copy.var
    remove(home, copy)
    assert not home.exists()


def test_sockets_lie_in_a_short_private_folder_that_stays(tmp_path: Path) -> None:
    folder = sockets.private_folder(None, None)
    assert len(str(folder / ".s.PGSQL.5432.lock")) < 107
    assert folder.stat().st_mode & 0o777 == 0o700
    assert sockets.private_folder(str(folder), None) == folder
    sockets.forget(str(folder))
    assert not folder.exists()
    assert sockets.private_folder(str(folder), None) == folder
    folder.chmod(0o755)
    other = sockets.private_folder(str(folder), None)
    assert other != folder
    sockets.forget(str(folder))
    sockets.forget(str(other))
    lost = tmp_path / "gone" / "amana-x"
    elsewhere = sockets.private_folder(str(lost), None)
    assert elsewhere != lost
    sockets.forget(str(elsewhere))


def test_only_folders_of_our_making_are_removed(tmp_path: Path) -> None:
    sockets.forget(None)
    sockets.forget(str(tmp_path))
    assert tmp_path.exists()


def test_a_copied_folder_has_sockets_of_its_own(tmp_path: Path) -> None:
    facts = {"socket_folder": "/run/amana-original", "var": str(tmp_path / "original")}
    assert sockets.recorded(facts, tmp_path / "original") == "/run/amana-original"
    assert sockets.recorded(facts, tmp_path / "copy") is None
