"""The broker is lost and comes back: each copy, drill and restore is done once. On servers of its own."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings


@pytest.mark.slow
def test_a_copy_in_hand_and_one_asked_for_meanwhile_are_each_taken_once(tmp_path: Path) -> None:
    assert told_by("tests.backups.faults.broker_outage", tmp_path) == {
        "in hand when it went": ["done", 1],
        "asked for while it was away": ["done", 1],
    }


@pytest.mark.slow
def test_drills_keys_and_restores_in_hand_or_asked_for_meanwhile_go_on(tmp_path: Path) -> None:
    assert told_by("tests.backups.faults.broker_of_drills", tmp_path) == {
        "a drill in hand when it went": ["passed", 1, "passed"],
        "a key asked for while it was away": True,
        "a restore asked for while it was away, and in hand when it went": ["ready", [], 1],
    }


def told_by(program: str, folder: Path) -> object:
    beside = [sys.executable, "-m", "embedded", "exec", "--var", str(folder / "var"), "--tests", "--"]
    plain = {name: value for name, value in os.environ.items() if not name.startswith(("AMANA_", "DJANGO_"))}
    told = ["env", "DJANGO_SETTINGS_MODULE=tests.backups.impatient"]
    done = subprocess.run(
        [*beside, *told, sys.executable, "-m", program, str(folder)],
        cwd=settings.BASE_DIR,
        env=plain,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])
