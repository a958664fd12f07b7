"""The broker is lost and comes back: each copy is taken once. On servers of its own."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings


@pytest.mark.slow
def test_a_copy_in_hand_and_one_asked_for_meanwhile_are_each_taken_once(tmp_path: Path) -> None:
    beside = [sys.executable, "-m", "embedded", "exec", "--var", str(tmp_path / "var"), "--tests", "--"]
    plain = {name: value for name, value in os.environ.items() if not name.startswith(("AMANA_", "DJANGO_"))}
    told = ["env", "DJANGO_SETTINGS_MODULE=tests.backups.impatient"]
    done = subprocess.run(
        [*beside, *told, sys.executable, "-m", "tests.backups.faults.broker_outage", str(tmp_path)],
        cwd=settings.BASE_DIR,
        env=plain,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=180,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout.splitlines()[-1]) == {
        "in hand when it went": ["done", 1],
        "asked for while it was away": ["done", 1],
    }
