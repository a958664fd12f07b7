"""PostgreSQL is killed while people work. On servers of its own: the suite shares one PostgreSQL."""

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
    done = subprocess.run(
        [*beside, sys.executable, "-m", "tests.storm.outage", str(folder / "gunicorn.txt")],
        cwd=settings.BASE_DIR,
        env={name: value for name, value in os.environ.items() if not name.startswith("AMANA_")},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    told: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return told


def test_before_it_everybody_is_served(seen: dict[str, Any]) -> None:
    assert [*seen["statuses"]["before"]] == ["200"]
    assert seen["statuses"]["before"]["200"] > 20


def test_meanwhile_everybody_is_asked_to_come_back_and_nothing_else_fails(seen: dict[str, Any]) -> None:
    assert [*seen["statuses"]["outage"]] == ["503"]
    assert seen["statuses"]["outage"]["503"] > 20
    assert seen["unclean"] == []


def test_afterwards_everybody_is_served_again_by_the_same_processes(seen: dict[str, Any]) -> None:
    assert [*seen["statuses"]["after"]] == ["200"]
    assert seen["statuses"]["after"]["200"] > 20
    assert seen["normal_after_seconds"] < 5
    assert seen["workers_after"] == seen["workers_before"]
    assert len(seen["workers_before"]) == 2


def test_at_no_time_does_anybody_see_anothers_data(seen: dict[str, Any]) -> None:
    assert seen["leaks"] == []
