"""What of the project is text that people wrote."""

import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
MADE = {".git", ".venv", "var", "staticfiles", "node_modules"}
TEXTS = {
    ".css",
    ".html",
    ".in",
    ".js",
    ".md",
    ".po",
    ".py",
    ".pyi",
    ".sh",
    ".sql",
    ".svg",
    ".toml",
    ".txt",
    ".conf",
    "",
}


def texts(suffix: str = "") -> Iterator[tuple[Path, str]]:
    """Every file of the project with its content; only those that end in `suffix`, where one is given."""
    for path in sorted(_files(ROOT)):
        if path.suffix in TEXTS and path.name.endswith(suffix):
            yield path, path.read_text(encoding="utf-8")


def _files(folder: Path) -> Iterator[Path]:
    for path in folder.iterdir():
        if path.is_dir() and path.name not in MADE and not path.name.endswith(("_cache", "__pycache__")):
            yield from _files(path)
        elif path.is_file() and not path.name.startswith(".coverage"):
            yield path


def page(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def section(name: str, heading: str) -> str:
    """What stands under a heading of a page, up to the next one."""
    found = re.search(rf"^#+ {re.escape(heading)}\n(.*?)(?=^#+ |\Z)", page(name), re.MULTILINE | re.DOTALL)
    assert found, f"{name} has no heading “{heading}”."
    return found[1]
