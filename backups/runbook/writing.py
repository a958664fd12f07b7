"""The runbook as plain text, for the storage, and as the document docs/runbook.md; both English."""

import textwrap
from collections.abc import Iterator

from django.utils import translation

from backups.runbook.blocks import block
from backups.runbook.chapters import CHAPTERS, Step

WIDTH = 100
TITLE = "Runbook: restoring from copies"
YOURS = "KEY_OF_THE_INSTALLATION"


def commands_of(step: Step, manifest_key: str) -> str:
    """What is typed at a step; empty where nothing is."""
    return block(step.block, manifest_key) if step.block else step.typed


def as_text(manifest_key: str) -> str:
    """For whoever finds it beside the copies, and knows nothing of us."""
    with translation.override("en"):
        return "\n".join(_text(manifest_key)) + "\n"


def as_markdown() -> str:
    """As docs/runbook.md has it: of no installation in particular."""
    with translation.override("en"):
        return "\n".join(_markdown()) + "\n"


def _text(manifest_key: str) -> Iterator[str]:
    yield TITLE
    yield "=" * len(TITLE)
    for number, chapter in enumerate(CHAPTERS, 1):
        title = f"{number}. {chapter.title}"
        yield from ("", "", title, "-" * len(title))
        for place, step in enumerate(chapter.steps, 1):
            yield ""
            yield from textwrap.wrap(f"{number}.{place}  {step.words}", WIDTH)
            commands = commands_of(step, manifest_key)
            if commands:
                yield from ("", textwrap.indent(commands, "    "))


def _markdown() -> Iterator[str]:
    yield f"# {TITLE}"
    yield ""
    yield from textwrap.wrap(
        "Written by `./manage.py runbook --markdown` from `backups/runbook/`: change it there. The same text is a"
        " page of the operator site (`/runbook/`), to be printed and kept elsewhere, and lies as `RUNBOOK.txt` beside"
        f" the copies, both with the public key of your installation in the place of `{YOURS}`."
        " `tests/backups/runbook/` runs the commands of the first part as a stranger would, and those of the last on a"
        " machine that was lost; every other line is put before the command that it names.",
        120,
    )
    for chapter in CHAPTERS:
        yield from ("", f"## {chapter.title}")
        for place, step in enumerate(chapter.steps, 1):
            lines = textwrap.wrap(f"{place}. {step.words}", 120, subsequent_indent="   ")
            yield from ("", *lines)
            commands = commands_of(step, YOURS)
            if commands:
                yield from ("", "   ```bash", textwrap.indent(commands, "   "), "   ```")
