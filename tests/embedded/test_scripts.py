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
    (folder / "tests" / "browser").mkdir(parents=True)
    (folder / "tests" / "browser" / "test_a.py").write_text('"""Every page is without fault."""\n')
    (folder / "tests" / "browser" / "test_b.py").write_text('"""With the keyboard alone.\n\nMore."""\n')
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
    for tool in ("sh", "dirname", "readlink", "mkdir", "rm", "cmp", "cp", "chmod", "flock", "sed"):
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
        "Not tested, because of --no-browser:",
        "- Every page is without fault.",
        "- With the keyboard alone.",
    ]
    full = call(checkout / "test", "--full", "--no-browser", "tests/x.py", cwd=tmp_path)
    assert full.stdout.splitlines()[0].endswith("-m pytest tests/x.py")


@pytest.fixture
def bare(checkout: Path, tmp_path: Path) -> Path:
    """A PATH without any browser, of somebody who isn't root; what ./test hands on says which browser it found."""
    say = "import os; print(os.environ.get('AMANA_BROWSER') or 'no browser')"
    (checkout / "embedded" / "__main__.py").write_text(say)
    script = checkout / "test"
    script.write_text(
        script.read_text().replace(" /snap/", f" {tmp_path}/snap/").replace(" /opt/", " /nowhere/")
    )
    path = Path(only_these(tmp_path))
    executable(path / "id", "echo 1000")
    for tool in TOOLS:
        executable(path / tool, "exit 0")
    return path


def run_tests(checkout: Path, path: Path, *arguments: str, browser: str = "") -> tuple[int, str, str]:
    told = {"PATH": str(path), "AMANA_BROWSER": browser, "AMANA_NO_BROWSER": ""}
    done = call(checkout / "test", *arguments, "tests/x.py", cwd=checkout, **told)
    return done.returncode, done.stdout, done.stderr


TOOLS = ("age", "age-keygen", "zstd", "openssl")
NO_TOOLS = (
    "amana: The runbook is followed as a stranger would, with age, zstd and openssl, and not all of them are there: "
    "install them (Debian: apt-get install age zstd openssl).\n"
)
NONE_FOUND = (
    "amana: The pages are tested in a browser, and none was found: install Chromium (Debian: apt-get install "
    "chromium), or leave those tests out with --no-browser.\n"
)


def test_without_a_browser_nothing_begins(checkout: Path, bare: Path) -> None:
    assert run_tests(checkout, bare) == (1, "", NONE_FOUND)


def test_without_a_browser_on_purpose(checkout: Path, bare: Path) -> None:
    code, said, _ = run_tests(checkout, bare, "--no-browser")
    assert (code, said.splitlines()[:2]) == (0, ["no browser", "Not tested, because of --no-browser:"])


@pytest.mark.parametrize(
    "name", ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "../snap/bin/chromium"]
)
def test_an_installed_browser_is_found_and_handed_on(checkout: Path, bare: Path, name: str) -> None:
    browser = (bare / name).resolve()
    browser.parent.mkdir(parents=True, exist_ok=True)
    executable(browser, "exit 0")
    assert run_tests(checkout, bare) == (0, f"{browser}\n", "")


def test_a_browser_of_ones_own_choice(checkout: Path, bare: Path, tmp_path: Path) -> None:
    executable(bare / "chromium", "exit 0")
    executable(tmp_path / "my browser", "exit 0")
    chosen = str(tmp_path / "my browser")
    assert run_tests(checkout, bare, browser=chosen) == (0, f"{chosen}\n", "")
    refused = "amana: AMANA_BROWSER names /nowhere/chrome: no such program is there.\n"
    assert run_tests(checkout, bare, browser="/nowhere/chrome") == (1, "", refused)


def test_root_gets_debians_chromium_installed(checkout: Path, bare: Path, tmp_path: Path) -> None:
    executable(bare / "id", "echo 0")
    install = f'echo "$@" >>"{tmp_path}/asked"; [ "$1" = update ] || cp "{bare}/id" "{bare}/chromium"'
    executable(bare / "apt-get", install)

    code, said, complaints = run_tests(checkout, bare)

    assert (code, complaints) == (0, "")
    assert said == f"Installing chromium, for the tests in a browser.\n{bare}/chromium\n"
    assert (tmp_path / "asked").read_text().splitlines() == [
        "update -qq",
        "install -qq --yes --no-install-recommends chromium",
    ]
    assert run_tests(checkout, bare)[1] == f"{bare}/chromium\n"


def test_a_browser_that_cannot_be_installed(checkout: Path, bare: Path) -> None:
    executable(bare / "id", "echo 0")
    executable(bare / "apt-get", 'echo "E: Unable to locate package chromium" >&2; exit 100')
    code, _, complaints = run_tests(checkout, bare)
    assert (code, complaints) == (1, f"E: Unable to locate package chromium\n{NONE_FOUND}")


@pytest.mark.parametrize("missing", TOOLS)
def test_without_a_strangers_tools_nothing_begins(checkout: Path, bare: Path, missing: str) -> None:
    (bare / missing).unlink()
    assert run_tests(checkout, bare, "--no-browser") == (1, "", NO_TOOLS)


def test_root_gets_a_strangers_tools_installed(checkout: Path, bare: Path, tmp_path: Path) -> None:
    (bare / "age").unlink()
    executable(bare / "id", "echo 0")
    install = f'echo "$@" >>"{tmp_path}/asked"; [ "$1" = update ] || cp "{bare}/id" "{bare}/age"'
    executable(bare / "apt-get", install)

    code, said, complaints = run_tests(checkout, bare, "--no-browser")

    assert (code, complaints) == (0, "")
    assert said.splitlines()[0] == "Installing age, zstd and openssl, for the tests of the runbook."
    assert (tmp_path / "asked").read_text().splitlines() == [
        "update -qq",
        "install -qq --yes --no-install-recommends age zstd openssl",
    ]


def test_tools_that_cannot_be_installed(checkout: Path, bare: Path) -> None:
    (bare / "zstd").unlink()
    executable(bare / "id", "echo 0")
    executable(bare / "apt-get", 'echo "E: Unable to locate package age" >&2; exit 100')
    code, _, complaints = run_tests(checkout, bare, "--no-browser")
    assert (code, complaints) == (1, f"E: Unable to locate package age\n{NO_TOOLS}")
