"""The whole product, started as a stranger would: every process holds its own credentials and nobody else's."""

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from embedded import processes
from embedded.children import belongs
from embedded.environment import HOLDERS
from embedded.files import read_json
from embedded.leftovers import recover
from embedded.place import CHECKOUT, Place
from embedded.wiping import wipe
from tests.embedded.checkout import Run, clean_environment

pytestmark = pytest.mark.slow

LEFT_OUT = {"var", ".git", "__pycache__"}
KEYS = {"AMANA_KEYSTORE_URL", "AMANA_MASTER_KEY"}
HOLDINGS = {
    "web": KEYS,
    "default": KEYS,
    "beat": set(),
    "backup": {"AMANA_BACKUP_URL", "AMANA_MANIFEST_KEY"},
    "drill": {"AMANA_DRILL_URL", "AMANA_DRILL_KEY", "AMANA_REPORT_KEY"},
    "restore": {"AMANA_PROVISIONER_URL", "AMANA_IDENTITY_KEY", "AMANA_SEALER_URL"},
    "seal": {"AMANA_SEALER_URL"},
    "control": {"AMANA_PROVISIONER_URL", "AMANA_IDENTITY_KEY", "AMANA_SEALER_URL"} | KEYS,
}


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Place:
    folder = tmp_path_factory.mktemp("the product")
    for path in CHECKOUT.iterdir():
        if path.name not in LEFT_OUT:
            (folder / path.name).symlink_to(path)
    return Place(folder / "var", folder)


@pytest.fixture(scope="module")
def product(place: Place) -> Iterator[Run]:
    command = [sys.executable, "-m", "embedded", "run", "--port", "0"]
    told = clean_environment()
    run = Run(command, place.checkout, place.checkout / "said.txt", told, patience=180)
    yield run.until("Ctrl-C stops")
    run.stop(signal.SIGINT)
    recover(place)
    wipe(place)


def test_each_process_holds_only_its_own_credentials(place: Place, product: Run) -> None:
    secrets = set(HOLDERS) | {"PGPASSWORD"}
    for name, expected in HOLDINGS.items():
        leader = read_json(place.record(name))["pid"]
        family = [seen.pid for seen in processes.everyone() if seen.group == leader]
        assert family
        for pid in family:
            assert processes.environment_of(pid).keys() & secrets == expected, name


def test_nobody_but_its_holders_knows_the_provisioners_password(place: Place, product: Run) -> None:
    password = read_json(place.secrets_file)["passwords"]["provisioner"]
    holders = {read_json(place.record(name))["pid"] for name in ("control", "restore")}
    knowing = {seen.group for seen in processes.everyone() if knows(seen.pid, password)}
    assert knowing == holders
    assert all(belongs(each, place) for each in holders)


def knows(pid: int, password: str) -> bool:
    try:
        command = Path(f"/proc/{pid}/cmdline").read_bytes().decode(errors="replace")
    except OSError:
        return False
    return password in command or any(password in value for value in processes.environment_of(pid).values())


def test_ctrl_c_leaves_nobody(place: Place, product: Run) -> None:
    assert re.search(r"worker control +ready", product.said)
    assert product.stop(signal.SIGINT) == 0
    assert [seen for seen in processes.everyone() if told_of(seen.pid) == str(place.var)] == []
    assert subprocess.run(["/bin/ls", place.var / "run"], capture_output=True, check=True).stdout == b""


def told_of(pid: int) -> str | None:
    return processes.environment_of(pid).get("AMANA_VAR") if pid != os.getpid() else None
