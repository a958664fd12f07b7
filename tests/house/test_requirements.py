import re

import pytest

from tests.house.reading import page

LOCKS = {"requirements.in": "requirements.txt", "requirements-dev.in": "requirements-dev.txt"}


def wanted(name: str) -> list[str]:
    """The lines that name a package."""
    return [line for line in page(name).splitlines() if line and not line.startswith(("#", "-"))]


def locked(name: str) -> list[str]:
    """One entry a package, hashes and all."""
    joined = page(name).replace("\\\n", " ")
    return [line for line in joined.splitlines() if line and not line.lstrip().startswith("#")]


def package(line: str) -> str:
    return re.split(r"[^A-Za-z0-9._-]", line.strip())[0].lower().replace("_", "-").replace(".", "-")


@pytest.mark.parametrize("name", LOCKS)
def test_every_requirement_says_why_it_is_there(name: str) -> None:
    assert [line for line in wanted(name) if not re.search(r"\s# \w+.{5,}", line)] == []


@pytest.mark.parametrize("name", LOCKS)
def test_every_package_is_locked_to_a_version_with_its_hashes(name: str) -> None:
    lines = locked(LOCKS[name])
    assert len(lines) > 10
    assert [line for line in lines if not re.match(r"^\S+==\S+ .*--hash=sha256:[0-9a-f]{64}", line)] == []


@pytest.mark.parametrize("name", LOCKS)
def test_what_is_wanted_is_locked(name: str) -> None:
    assert {package(line) for line in wanted(name)} <= {package(line) for line in locked(LOCKS[name])}


def test_development_runs_on_what_the_product_runs_on() -> None:
    pins = {line.split()[0] for line in locked("requirements.txt")}
    assert pins <= {line.split()[0] for line in locked("requirements-dev.txt")}
