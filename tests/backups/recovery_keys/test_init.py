"""The first keys: made where they are missing, shown or written once, and kept nowhere."""

import base64
import io
import re
import sys
from collections.abc import Callable
from pathlib import Path

import pyrage
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.conf import settings as product
from django.core.management import call_command
from django.core.management.base import CommandError
from pytest_django import Settings

from backups.recovery_keys.wrapping import recipient_of
from tests.support.command_line import begin, end, ours
from tests.support.signing_keys import new_pair

PUBLIC = (
    "AMANA_RECOVERY_RECIPIENTS",
    "AMANA_DRILL_RECIPIENT",
    "AMANA_MANIFEST_PUBLIC_KEY",
    "AMANA_REPORT_PUBLIC_KEY",
)
Run = Callable[..., str]
IDENTITY = re.compile(r"AGE-SECRET-KEY-1[A-Z0-9]{58}")


@pytest.fixture
def bare(settings: Settings) -> None:
    """A machine that has no key of backups yet."""
    for name in PUBLIC:
        setattr(settings, name, "")


def told(text: str) -> dict[str, str]:
    lines = (line.strip().partition("=") for line in text.splitlines() if line.strip().startswith("AMANA_"))
    return {name: value for name, equals, value in lines if equals and name.isupper()}


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    """The command, carried out; gives what it said."""

    def carried_out(*options: str) -> str:
        call_command("init_recovery_keys", *options)
        return capsys.readouterr().out

    return carried_out


def test_each_is_written_to_a_file_of_its_own(bare: None, run: Run, tmp_path: Path) -> None:
    run("--out", str(tmp_path))
    files = {path.name: path for path in tmp_path.iterdir()}
    assert {*files} == {
        "offline-recovery-key-1.txt",
        "offline-recovery-key-2.txt",
        "everybody.env",
        "backup.env",
        "drill.env",
    }
    assert {path.stat().st_mode & 0o777 for path in files.values()} == {0o600}
    offline = [IDENTITY.findall(files[f"offline-recovery-key-{n}.txt"].read_text()) for n in (1, 2)]
    everybody, drill = told(files["everybody.env"].read_text()), told(files["drill.env"].read_text())
    recipients = everybody["AMANA_RECOVERY_RECIPIENTS"].split(",")
    assert [recipient_of(one) for [one] in offline] == recipients
    assert recipient_of(drill["AMANA_DRILL_KEY"]) == everybody["AMANA_DRILL_RECIPIENT"]
    backup = told(files["backup.env"].read_text())
    for name, held in (("MANIFEST", backup), ("REPORT", drill)):
        private = Ed25519PrivateKey.from_private_bytes(base64.b64decode(held[f"AMANA_{name}_KEY"]))
        public = base64.b64encode(private.public_key().public_bytes_raw()).decode()
        assert public == everybody[f"AMANA_{name}_PUBLIC_KEY"]


def test_what_is_secret_stands_in_the_files_only(bare: None, run: Run, tmp_path: Path) -> None:
    said = run("--out", str(tmp_path))
    assert IDENTITY.findall(said) == []
    secrets = {**told((tmp_path / "drill.env").read_text()), **told((tmp_path / "backup.env").read_text())}
    assert [name for name, value in secrets.items() if value in said] == []
    assert told(said) == told((tmp_path / "everybody.env").read_text())


def test_what_it_made_wraps_and_opens(bare: None, run: Run, tmp_path: Path) -> None:
    run("--out", str(tmp_path))
    everybody = told((tmp_path / "everybody.env").read_text())
    recipients = [*everybody["AMANA_RECOVERY_RECIPIENTS"].split(","), everybody["AMANA_DRILL_RECIPIENT"]]
    sealed = pyrage.encrypt(b"x", [pyrage.x25519.Recipient.from_str(each) for each in recipients])
    for number in (1, 2):
        [key] = IDENTITY.findall((tmp_path / f"offline-recovery-key-{number}.txt").read_text())
        assert pyrage.decrypt(sealed, [pyrage.x25519.Identity.from_str(key)]) == b"x"


def test_none_is_overwritten_and_all_are_written_or_none(bare: None, run: Run, tmp_path: Path) -> None:
    (tmp_path / "backup.env").write_text("mine\n")
    with pytest.raises(CommandError, match=r"can't be written to \(File exists\): nothing was made"):
        run("--out", str(tmp_path))
    assert [(path.name, path.read_text()) for path in tmp_path.iterdir()] == [("backup.env", "mine\n")]


def test_a_folder_that_stays_on_the_server_is_refused(bare: None, run: Run, tmp_path: Path) -> None:
    with pytest.raises(CommandError, match=r"is no folder: mount the medium first\. Nothing was made"):
        run("--out", str(tmp_path / "nowhere"))
    before = {*product.AMANA_VAR.iterdir()}
    with pytest.raises(CommandError, match="lies in Amana's own folder"):
        run("--out", str(product.AMANA_VAR))
    assert {*product.AMANA_VAR.iterdir()} == before


def test_two_keepers_type_back_what_they_have_read() -> None:
    """At a terminal of their own; each once wrongly."""
    bare = {name: value for name, value in ours().items() if name not in PUBLIC}
    process = begin("init_recovery_keys", environment=bare)
    assert process.stdin
    assert process.stdout
    shown: list[str] = []
    while len(shown) < 2:
        for key in IDENTITY.findall(process.stdout.readline()):
            shown.append(key)
            print("WRONG1", key[-6:].lower(), sep="\n", file=process.stdin, flush=True)
    done = end(process)
    lines = told(done.output)
    assert done.code == 0
    assert lines["AMANA_RECOVERY_RECIPIENTS"] == ",".join(map(recipient_of, shown))
    assert recipient_of(lines["AMANA_DRILL_KEY"]) == lines["AMANA_DRILL_RECIPIENT"]
    assert "The worker “drill” alone is told:" in done.output
    assert "Those aren't its last 6 characters. Once more:" in done.output
    assert [key for key in shown if key in done.output] == []


def test_nobody_at_the_terminal_makes_nothing(
    bare: None, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO(""))
    with pytest.raises(CommandError, match=r"it opens nothing\. In scripts give --out FOLDER"):
        call_command("init_recovery_keys")
    assert "AMANA_" not in capsys.readouterr().out


def test_where_all_are_there_it_says_so_and_where_an_embedded_ones_lie(run: Run) -> None:
    lines = run().splitlines()
    assert lines[0].startswith("This Amana is embedded: its two “offline” recovery keys lie in ")
    assert lines[1].startswith("They are for trying out only.")
    assert lines[-1] == "No key is missing: nothing was made."
    file = lines[0].partition(" lie in ")[2].partition(", beside")[0]
    assert '"offline recovery keys"' in Path(file).read_text()


def test_one_that_is_there_is_replaced_when_it_is_named(run: Run, tmp_path: Path) -> None:
    run("--replace", "report", "--out", str(tmp_path))
    assert {*told((tmp_path / "everybody.env").read_text())} == {"AMANA_REPORT_PUBLIC_KEY"}
    assert {*told((tmp_path / "drill.env").read_text())} == {"AMANA_REPORT_KEY"}
    assert not (tmp_path / "backup.env").exists()


@pytest.mark.parametrize(("kind", "holder"), [("MANIFEST", "backup"), ("REPORT", "drill")])
def test_the_public_halves_from_before_stay_after_the_new_one(
    run: Run, tmp_path: Path, settings: Settings, kind: str, holder: str
) -> None:
    """What they signed is still believed: it isn't left to a person to think of that."""
    older = f"{new_pair()[1]},{new_pair()[1]}"
    setattr(settings, f"AMANA_{kind}_PUBLIC_KEY", older)
    said = run("--replace", kind.lower(), "--out", str(tmp_path))
    keys = told((tmp_path / "everybody.env").read_text())[f"AMANA_{kind}_PUBLIC_KEY"]
    private = told((tmp_path / f"{holder}.env").read_text())[f"AMANA_{kind}_KEY"]
    new, _, former = keys.partition(",")
    held = Ed25519PrivateKey.from_private_bytes(base64.b64decode(private))
    assert (base64.b64decode(new), former) == (held.public_key().public_bytes_raw(), older)
    assert "tell every process the public halves first" in " ".join(said.split())
