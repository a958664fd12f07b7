"""The broker is lost and comes back: nothing is lost, nothing is done twice. On servers of its own."""

import json
import os
import subprocess
import sys
from typing import Any

import pytest
from django.conf import settings

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    folder = tmp_path_factory.mktemp("outage")
    beside = [sys.executable, "-m", "embedded", "exec", "--var", str(folder / "var"), "--tests", "--"]
    plain = {name: value for name, value in os.environ.items() if not name.startswith(("AMANA_", "DJANGO_"))}
    told = ["env", "DJANGO_SETTINGS_MODULE=tests.jobs.impatient"]
    done = subprocess.run(
        [*beside, *told, sys.executable, "-m", "tests.jobs.broker_outage", str(folder)],
        cwd=settings.BASE_DIR,
        env=plain,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=180,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    result: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return result


@pytest.mark.parametrize(
    ("when", "ended"),
    [
        ("asked while it was away", ["done", 1, 1]),
        ("asked while it was frozen", ["done", 1, 1]),
        ("message lost with it", ["done", 1, 1]),
        ("done while it was frozen", ["done", 1, 2]),
        ("worked on while it was away", ["done", 1, 2]),
    ],
)
def test_it_is_done_once(seen: dict[str, Any], when: str, ended: list[object]) -> None:
    assert seen[when] == ended


def test_a_frozen_broker_holds_nobody_up_for_long(seen: dict[str, Any]) -> None:
    assert seen["seconds while it was frozen"] < 12
    assert seen["idle worker undisturbed, host known"] == [True, True]
