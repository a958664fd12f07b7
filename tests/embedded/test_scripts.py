"""./run and ./test up to the point where Python takes over."""

import os
import shutil
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from embedded.place import CHECKOUT


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """With a .venv that is this one and whose requirements are already installed."""
    folder = tmp_path / "a checkout"
    folder.mkdir()
    for name in ("run", "test", "requirements.txt", "requirements-dev.txt"):
        shutil.copy(CHECKOUT / name, folder / name)
    (folder / "embedded").mkdir()
    shutil.copy(CHECKOUT / "embedded" / "environment.sh", folder / "embedded")
    (folder / "embedded" / "__main__.py").write_text("import os, sys; print(os.getcwd(), *sys.argv[1:])")
    (folder / ".venv" / "bin").mkdir(parents=True)
    executable(folder / ".venv" / "bin" / "python", f'exec "{sys.executable}" "$@"')
    for name in ("requirements.txt", "requirements-dev.txt"):
        shutil.copy(folder / name, folder / ".venv" / name)
    return folder


def executable(path: Path, script: str) -> None:
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)


def call(*command: str | Path, cwd: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    told = dict(os.environ) | environment
    return subprocess.run(command, cwd=cwd, env=told, capture_output=True, text=True, check=False)


def test_run_hands_everything_to_python(checkout: Path, tmp_path: Path) -> None:
    done = call(checkout / "run", "--port", "8100", cwd=tmp_path)
    assert (done.stdout, done.stderr) == (f"{checkout} run --port 8100\n", "")


def test_run_is_found_through_links(checkout: Path, tmp_path: Path) -> None:
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "second").symlink_to(checkout / "run")
    (tmp_path / "amana").symlink_to(Path("bin") / "second")
    assert call(tmp_path / "amana", cwd=Path("/")).stdout == f"{checkout} run\n"


def only_these(tmp_path: Path, *pythons: str) -> str:
    """A PATH with the few tools the script needs and the Pythons given."""
    folder = tmp_path / "path"
    folder.mkdir()
    for tool in ("sh", "dirname", "readlink", "mkdir", "rm", "cmp", "cp", "flock"):
        if found := shutil.which(tool):
            (folder / tool).symlink_to(found)
    for python in pythons:
        executable(folder / "python3", python)
    return str(folder)


def test_without_python(checkout: Path, tmp_path: Path) -> None:
    shutil.rmtree(checkout / ".venv")
    refused = call(checkout / "run", cwd=tmp_path, PATH=only_these(tmp_path))
    assert refused.returncode == 1
    assert refused.stderr.startswith("amana: Python 3.11 or newer is needed and was not found: install it (")
    assert refused.stderr.count("\n") == 1


def test_with_a_python_that_is_too_old(checkout: Path, tmp_path: Path) -> None:
    shutil.rmtree(checkout / ".venv")
    refused = call(checkout / "run", cwd=tmp_path, PATH=only_these(tmp_path, "exit 1"))
    assert refused.stderr.startswith("amana: Python 3.11 or newer is needed and was not found")


def test_without_the_venv_module(checkout: Path, tmp_path: Path) -> None:
    shutil.rmtree(checkout / ".venv")
    crippled = f'case "$2" in *ensurepip*) exit 1 ;; esac; exec "{sys.executable}" "$@"'
    refused = call(checkout / "run", cwd=tmp_path, PATH=only_these(tmp_path, crippled))
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    assert refused.stderr == (
        f"amana: Python {version} lacks its venv module: install it "
        f"(Debian, Ubuntu: apt-get install python{version}-venv).\n"
    )


def test_changed_requirements_are_installed_again(checkout: Path, tmp_path: Path) -> None:
    (checkout / "requirements.txt").write_text("# nothing is needed any more\n")
    done = call(checkout / "run", cwd=tmp_path)
    assert done.stdout == f"Installing requirements.txt (only when it has changed).\n{checkout} run\n"
    assert call(checkout / "run", cwd=tmp_path).stdout == f"{checkout} run\n"


def test_requirements_that_cannot_be_installed(checkout: Path, tmp_path: Path) -> None:
    (checkout / "requirements.txt").write_text("./no-such-package\n")
    failed = call(checkout / "run", cwd=tmp_path)
    assert failed.returncode == 1
    assert failed.stderr.splitlines()[-1] == (
        "amana: The packages of requirements.txt could not be installed: the reason stands above."
    )


def test_paths_go_to_pytest(checkout: Path, tmp_path: Path) -> None:
    done = call(checkout / "test", "--no-browser", "tests/a b", "-x", cwd=tmp_path)
    assert done.stdout.splitlines() == [
        f"{checkout} exec --var var/test --tests -- .venv/bin/python -m pytest -m not slow tests/a b -x",
        "Not tested: the pages in a browser (no Chromium was found or --no-browser was given).",
    ]
    full = call(checkout / "test", "--full", "--no-browser", "tests/x.py", cwd=tmp_path)
    assert full.stdout.splitlines()[0].endswith("-m pytest tests/x.py")
