"""The bench of copies runs: what it finds is read by people (bench/README.md), not here."""

import re
import subprocess
import sys

import pytest
from django.conf import settings

from tests.support.command_line import ours


def run(*arguments: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "bench.backups", "--rounds", "1", *arguments],
        env=ours(),
        cwd=settings.BASE_DIR,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return done.stdout


@pytest.mark.slow
def test_of_many_small_tenants(databases: None) -> None:
    said = run("--megabytes", "0", "--tenants", "1", "--workers", "1")

    assert re.search(r"nightly run: +[\d.]+ copies a minute, by 1 workers", said)
    assert re.search(r"drill run: +[\d.]+ drills a minute, by one worker; 1 of 1 passed", said)


@pytest.mark.slow
def test_of_one_large_tenant(databases: None) -> None:
    said = run("--megabytes", "30", "--tenants", "0")

    assert re.search(r"ours / pg_dump \| zstd \| age: [\d.]+ x", said)
    assert re.search(r"ours / age \| zstd \| pg_restore: [\d.]+ x", said)
    assert len(re.findall(r"our peak +\d+ MB", said)) == 4
