import re
from collections import Counter
from pathlib import Path

import pytest
from django.core.management import get_commands

from tests.house.reading import ROOT, page, section, texts

PAGES = [path.relative_to(ROOT).as_posix() for path, _ in texts(".md")]
OURS = {"audit", "config", "console", "accounts", "jobs", "interface", "keys", "tenants", "business.contacts"}
FOLDERS = (
    "accounts",
    "audit",
    "bench",
    "business",
    "config",
    "console",
    "interface",
    "docs",
    "embedded",
    "jobs",
    "keys",
    "static",
    "templates",
    "tenants",
    "tests",
)


def links(name: str) -> set[str]:
    """What a page links to on this disk."""
    found = re.findall(r"\]\(([^)#\s]+)[^)]*\)", page(name))
    return {link for link in found if not link.startswith(("http:", "https:", "mailto:"))}


def paths(name: str) -> set[str]:
    """What a page names in `code` that is a path of this project."""
    found = re.findall(r"`([A-Za-z0-9_./-]+)`", page(name))
    return {path for path in found if path.startswith(tuple(f"{folder}/" for folder in FOLDERS))}


@pytest.mark.parametrize("name", PAGES)
def test_links_lead_somewhere(name: str) -> None:
    here = (ROOT / name).parent
    assert {link for link in links(name) if not (here / link).exists()} == set()


@pytest.mark.parametrize("name", PAGES)
def test_paths_that_are_named_exist(name: str) -> None:
    assert {path for path in paths(name) if not (ROOT / path).exists()} == set()


def test_every_command_of_ours_is_in_the_runbook() -> None:
    ours = {name for name, app in get_commands().items() if app in OURS}
    assert ours >= {"create_tenant", "migrate_fleet", "prepare"}
    assert {name for name in ours if f"`{name}" not in page("docs/operations.md")} == set()


def test_every_decision_has_a_number_of_its_own_and_a_sentence_for_a_title() -> None:
    names = sorted(path.name for path in (ROOT / "docs" / "decisions").glob("*.md"))
    numbers = [name[:4] for name in names]
    assert len(names) > 10
    assert len(numbers) == len(set(numbers))
    assert [name for name in names if not re.fullmatch(r"\d{4}(-[a-z0-9]+){3,}\.md", name)] == []
    assert [name for name in names if not page(f"docs/decisions/{name}").startswith("# ")] == []


def test_every_decision_is_in_the_list() -> None:
    listed = links("docs/README.md")
    assert {f"decisions/{path.name}" for path in (ROOT / "docs" / "decisions").glob("*.md")} <= listed


def test_nothing_is_said_twice_by_a_merge_that_nobody_read() -> None:
    """Commands of the runbook stand in more than one chapter."""
    twice = {}
    for name in PAGES:
        lines = Counter(line for line in page(name).splitlines() if len(line) > 60 and line == line.lstrip())
        twice[name] = [line for line, times in lines.items() if times > 1]
    assert {name: lines for name, lines in twice.items() if lines} == {}
    claims = re.findall(r"^\| ([A-Z]{2}-\d{3}) \|", page("docs/claims.md"), re.MULTILINE)
    assert len(claims) == len({*claims})


def test_the_readme_knows_every_app() -> None:
    where = section("README.md", "Where is what")
    apps = {path.parent.relative_to(ROOT).as_posix() for path in ROOT.glob("**/apps.py") if _is_ours(path)}
    assert {app for app in apps if f"`{app}/" not in where} == set()


def _is_ours(path: Path) -> bool:
    return path.relative_to(ROOT).parts[0] in FOLDERS


@pytest.mark.parametrize(
    "claim", re.findall(r"^\| ([A-Z]{2}-\d{3}) \|.*$", page("docs/claims.md"), re.MULTILINE)
)
def test_a_claim_that_is_met_names_its_control_and_its_test(claim: str) -> None:
    row = next(line for line in page("docs/claims.md").splitlines() if line.startswith(f"| {claim} |"))
    control, proof = row.strip("|").split("|")[2:4]
    assert re.search(
        r"`(tenants|access|activity|audit|business|config|accounts|embedded|jobs|keys|templates|console|backups)/",
        control,
    )
    assert re.search(r"`tests/", proof)
