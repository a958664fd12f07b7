"""Every line of the runbook that is typed means something: to bash, and to the command that it names."""

import re
import shlex
import subprocess
from argparse import Namespace

import pytest
from django.conf import settings
from django.core.management import get_commands, load_command_class
from django.core.management.base import CommandError

from backups.runbook.blocks import BLOCKS
from backups.runbook.chapters import CHAPTERS
from backups.runbook.writing import commands_of
from tenants.commands import _without_binding
from tests.backups.archiving.test_reading import AS_PRINTED as OF_THE_ARCHIVE
from tests.backups.runbook.test_stranger import AS_PRINTED

OURS = "./manage.py"
# What people put in, and something of that kind.
FOR_EXAMPLE = {
    "SLUG": "acme",
    "ID": "0192a000-0000-7000-8000-000000000000",
    "FILE": "/mnt/file",
    "ESCROW": "/mnt/recovery-keys.escrow",
    "ESCROW_OF_KEYS": "/mnt/keys.escrow",
    "OFFLINE": "/media/usb/offline.key",
    "EMAIL": "oscar@amana.example",
    "NAME": "Oscar",
    "WHY": "Contacts were deleted",
    "DATE": "2036-12-31",
}
# What a command asks for beyond its parser: by name, and by an option that is given.
BESIDES = {
    ("restore", "latest"): ("tenant", "purpose", "reason"),
    ("restore", "backup"): ("tenant", "purpose", "reason"),
    ("restore", "put_in_force"): ("confirm",),
    ("drill", ""): ("whose",),
    ("backup_now", ""): ("whose",),
    ("verify_backup", ""): ("whose",),
    ("create_owner", ""): ("whose",),
    ("rebuild_catalog", "escrow"): ("a way in",),
    ("rebuild_catalog", ""): ("a way in",),
}
TYPED = [
    commands_of(step, "KEY") for chapter in CHAPTERS for step in chapter.steps if step.block or step.typed
]
LINES = sorted({line for text in TYPED for line in text.splitlines() if line.startswith(OURS)})


def test_there_is_something_to_try() -> None:
    assert len(LINES) > 20


@pytest.mark.parametrize("text", TYPED, ids=lambda text: text.split("\n")[0][:40])
def test_bash_understands_it(text: str) -> None:
    said = subprocess.run(["/bin/bash", "-n"], input=text, capture_output=True, text=True, check=False)
    assert (said.returncode, said.stderr) == (0, "")


@pytest.mark.parametrize("line", LINES)
def test_each_command_of_ours_is_understood_as_it_is_printed(line: str) -> None:
    words = [FOR_EXAMPLE.get(word, word) for word in _words(line)]
    assert _lacking(words) == []


@pytest.mark.parametrize(
    "line",
    [
        "./manage.py restore --tenant SLUG --put-in-force ID",
        "./manage.py restore --latest --purpose mistake --reason 'WHY'",
        "./manage.py drill",
        "./manage.py restore --tenant SLUG --put-into-force ID --confirm SLUG",
        "./manage.py restore_backup --tenant SLUG",
        "./manage.py rebuild_catalog --escrow ESCROW",
        "./manage.py restore_escrow",
        "./manage.py restore --tenant SLUG --begin FILE",
    ],
)
def test_what_would_fail_is_found(line: str) -> None:
    """So that the test before is one."""
    assert _lacking([FOR_EXAMPLE.get(word, word) for word in _words(line)]) != []


def test_what_people_put_in_is_in_capitals_and_known() -> None:
    """A word in capitals that nobody knows would be typed as it stands."""
    found = {word for line in LINES for word in _words(line) if re.fullmatch("[A-Z][A-Z_]+", word)}
    assert found <= {*FOR_EXAMPLE}


def test_every_block_is_run_by_a_test_as_it_is_printed() -> None:
    by_a_stranger, on_a_new_machine = {*AS_PRINTED, "identity-from-catalog", "newest"}, {"bootstrap"}
    assert {*BLOCKS} == by_a_stranger | on_a_new_machine | {*OF_THE_ARCHIVE}


def _words(line: str) -> list[str]:
    """Up to where the shell sends its output."""
    words = shlex.split(line)
    return words[: words.index(">")] if ">" in words else words


def _lacking(words: list[str]) -> list[str]:
    """Why the command would refuse these words, whatever there is."""
    assert words[0] == OURS
    arguments, slug, catalog = _without_binding(words)
    name = arguments[1]
    if name not in get_commands():
        return [f"There is no {name}."]
    command = load_command_class(get_commands()[name], name)
    try:
        options = command.create_parser(OURS, name).parse_args(arguments[2:])
    except CommandError as refusal:
        return [str(refusal)]
    given = _given(options, slug, is_catalog=catalog)
    asked = {
        each for (of, if_given), each in BESIDES.items() if of == name and (not if_given or if_given in given)
    }
    return sorted({each for them in asked for each in them} - given)


def _given(options: Namespace, slug: str | None, *, is_catalog: bool) -> set[str]:
    given = {option for option, value in vars(options).items() if value}
    given |= {"tenant"} if slug else set()
    if slug or is_catalog or given & {"everybody", "all", "id"}:
        given.add("whose")
    if given >= {"escrow", "recovery_key"} or given & {"identity", "from_manifests"}:
        given.add("a way in")
    return given


def test_a_purpose_that_is_printed_is_in_the_list() -> None:
    """The parser says so; here it is said that it does."""
    command = load_command_class(get_commands()["restore"], "restore")
    with pytest.raises(CommandError, match="invalid choice"):
        command.create_parser(OURS, "restore").parse_args(["--latest", "--purpose", "because"])


def test_the_printed_one_is_run_from_where_it_lies() -> None:
    assert (settings.BASE_DIR / "manage.py").stat().st_mode & 0o100
