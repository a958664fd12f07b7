"""A catalog that was lost is rebuilt: on a cluster of its own, so that nobody else's is."""

import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings

from backups.exceptions import BackupRefused
from backups.restoring.catalog_copy import identity_from, refuse_unless_lost
from tests.backups.restoring.conftest import Kept
from tests.embedded.checkout import clean_environment


@pytest.mark.slow
def test_from_the_manifests_and_from_its_copy(tmp_path: Path) -> None:
    drill = [sys.executable, "-m", "tests.backups.restoring.rebuild_drill"]
    cluster = [
        sys.executable,
        "-m",
        "embedded",
        "exec",
        "--var",
        str(tmp_path / "var"),
        "--tests",
        "--",
        *drill,
    ]
    done = subprocess.run(
        cluster, cwd=settings.BASE_DIR, env=clean_environment(), capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout.splitlines()[-1:]) == (0, ["proven"]), done.stderr


def test_a_living_catalog_is_never_replaced(kept: Kept) -> None:
    with pytest.raises(BackupRefused, match="isn't lost"):
        refuse_unless_lost()


def test_without_a_key_nothing_is_opened(tmp_path: Path) -> None:
    empty = tmp_path / "empty"
    empty.write_text("# nothing here\n")
    with pytest.raises(BackupRefused, match="holds no age identity"):
        identity_from(empty, None, None, 1)
    with pytest.raises(BackupRefused, match="Give --identity"):
        identity_from(None, None, empty, 1)
