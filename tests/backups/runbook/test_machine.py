"""A machine that was lost comes back by what the runbook prints: on a cluster of its own, so that nobody else's is."""

import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings

from tests.embedded.checkout import clean_environment


@pytest.mark.slow
def test_a_lost_machine_comes_back_by_the_commands_of_its_chapter(tmp_path: Path) -> None:
    drill = [sys.executable, "-m", "tests.backups.runbook.machine_drill"]
    cluster = [sys.executable, "-m", "embedded", "exec", "--var", str(tmp_path / "var"), "--tests", "--"]
    done = subprocess.run(
        [*cluster, *drill],
        cwd=settings.BASE_DIR,
        env=clean_environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout.splitlines()[-1:]) == (0, ["proven"]), done.stdout + done.stderr
