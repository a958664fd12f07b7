"""Whoever reads a command's output may stop reading: `| head -1` ends it without a word."""

import os
import subprocess

import pytest

from tests.support.command_line import command_line, ours

pytestmark = pytest.mark.usefixtures("databases")


@pytest.mark.parametrize("unbuffered", ["", "1"], ids=["said at its end", "said at once"])
def test_closed_output_ends_it_quietly(unbuffered: str) -> None:
    reader, writer = os.pipe()
    os.close(reader)

    done = subprocess.run(
        command_line("showmigrations"),
        env=ours() | {"PYTHONUNBUFFERED": unbuffered},
        stdin=subprocess.DEVNULL,
        stdout=writer,
        stderr=subprocess.PIPE,
        text=True,
        timeout=60,
        check=False,
    )
    os.close(writer)

    assert (done.returncode, done.stderr) == (141, "")
