"""The commands of the printed runbook open what was fetched, with nothing of Amana's but an offline key."""

import hashlib
import subprocess
import sys
from pathlib import Path

from backups.exporting.archive import archive_into
from backups.exporting.sealing import sealed_to
from backups.recovery_keys.wrapping import new_identity
from backups.runbook.blocks import BLOCKS

AS_PRINTED = ("archived-settings", "archived-whole", "archived-opened")


def test_a_sealed_file_is_read_by_the_printed_commands(tmp_path: Path) -> None:
    pairs = [new_identity() for _ in range(2)]
    with (
        (tmp_path / "acme.zip.age").open("wb") as out,
        sealed_to([public for _, public in pairs], out) as stream,
        archive_into(stream) as archive,
    ):
        archive.add("README.txt", "All data of Acme")
    (tmp_path / "offline.key").write_text(pairs[1][0])
    digest = hashlib.sha256((tmp_path / "acme.zip.age").read_bytes()).hexdigest()

    said = does("\n".join(BLOCKS[name] for name in AS_PRINTED), tmp_path, digest)
    assert "acme.zip.age: OK" in said
    assert (tmp_path / "archived/README.txt").read_text() == "All data of Acme"
    assert not (tmp_path / "everything.zip").exists()


def does(text: str, place: Path, digest: str) -> str:
    for given, put_in in (
        ("SEALED=/media/usb/SLUG-DAY.zip.age", f"SEALED='{place}/acme.zip.age'"),
        ("SHA256=SHA256_OF_ITS_PAGE", f"SHA256={digest}"),
        ("OFFLINE=/media/usb/offline.key", f"OFFLINE='{place}/offline.key'"),
    ):
        assert given in text
        text = text.replace(given, put_in)
    path = f"{Path(sys.executable).parent}:/usr/bin:/bin"
    done = subprocess.run(
        ["/bin/bash", "-e", "-c", text],
        cwd=place,
        env={"PATH": path},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout
