"""PostgreSQL's programs as somebody might have installed them, in a folder for AMANA_PG_BIN."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pytest_django import Settings

from backups.programs import major_version


@contextmanager
def of_postgresql(version: str, name: str, folder: Path, settings: Settings) -> Iterator[None]:
    """It says that it is of that version. Whoever runs it for anything else fails, and is found out at the end."""
    script = folder / "bin" / name
    script.parent.mkdir(exist_ok=True)
    script.write_text(
        f'#!/bin/bash\nif [ "$1" = --version ]; then echo "{name} (PostgreSQL) {version}"; exit; fi\n'
        f"touch '{script}.was_run'; exit 3\n"
    )
    script.chmod(0o755)
    before, settings.AMANA_PG_BIN = settings.AMANA_PG_BIN, str(script.parent)
    major_version.cache_clear()
    try:
        yield
    finally:
        settings.AMANA_PG_BIN = before
        major_version.cache_clear()
    assert not Path(f"{script}.was_run").exists()
