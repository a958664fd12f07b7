"""The commands of the printed runbook, run by a stranger: with age, zstd and pg_restore, and nothing of Amana's."""

import os
import re
import shutil
from pathlib import Path

import psycopg
import pytest
from django.conf import settings
from django.db import connection

from backups.runbook.blocks import block
from business.contacts.models import Contact
from embedded.cluster import Cluster
from tenants.binding import CATALOG, bound_to
from tests.backups.conftest import identity_of
from tests.backups.runbook.conftest import NAMES, Page, Umbrella
from tests.backups.runbook.stranger import TOOLS, Stranger
from tests.support.signing_keys import new_pair

AS_PRINTED = (
    "settings",
    "signature",
    "objects",
    "whose",
    "identity",
    "right-identity",
    "database",
    "rows",
    "files",
    "faithful",
    "afterwards",
)


@pytest.fixture
def script(page: Page, umbrella: Umbrella, sam: Stranger, tmp_path: Path) -> str:
    """As printed, with what the stranger puts in."""
    shutil.rmtree(sam.work)
    sam.work.mkdir(mode=0o700)
    key = tmp_path / "offline.key"
    key.write_text(umbrella.offline)
    names = {
        "COPY": sam.given(umbrella.folder) if not (sam.home / umbrella.folder.name).exists() else "",
        "ESCROW": sam.given(umbrella.escrow),
        "OFFLINE": sam.given(key),
        "TARGET": f"of_{tmp_path.name[-20:]}",
    }
    names["COPY"] = sam.home / umbrella.folder.name
    text = "\n".join(page.blocks[name] for name in AS_PRINTED)
    for name, value in names.items():
        text, found = re.subn(rf"^export {name}=.*$", f"export {name}='{value}'", text, flags=re.MULTILINE)
        assert found == 1, name
    return text


def test_the_tools_are_there() -> None:
    assert [name for name in TOOLS if not shutil.which(name)] == []


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can run a program as somebody else")
def test_the_stranger_is_nobody_of_ours_and_reads_nothing_of_ours(sam: Stranger) -> None:
    ours = Cluster.load(settings.AMANA_VAR)
    secrets = Path(settings.AMANA_VAR) / "secrets.json"
    assert sam.does("id -un").strip() == sam.user
    assert sam.user not in (None, "root", ours.user)
    assert secrets.is_file()
    for ours_alone in (secrets, Path(settings.AMANA_VAR), ours.data.path):
        reading = sam.start("ls", "-l", f"{ours_alone}/")
        said, _ = reading.communicate(timeout=20)
        assert (reading.returncode, "Permission denied" in said) == (2, True), said
    assert sam.does("env -u PATH -u PWD -u SHLVL -u _ | cut -d= -f1 | sort").split() == [
        "HOME",
        "PGHOST",
        "PGUSER",
    ]


def test_a_stranger_restores_a_tenant(script: str, sam: Stranger, umbrella: Umbrella, tmp_path: Path) -> None:
    said = sam.does(script)

    target = f"of_{tmp_path.name[-20:]}"
    assert "Signature Verified Successfully" in said
    assert said.count(": OK\n") == 3
    assert "It is the key of this copy." in said
    assert "Every table has its rows." in said
    query = "SELECT id, name, kind, created_at AT TIME ZONE 'UTC' FROM contacts_contact ORDER BY id"
    with bound_to(umbrella.tenant), connection.cursor() as cursor:
        cursor.execute(query)
        ours = ["|".join(map(str, row)) for row in cursor.fetchall()]
        assert [*Contact.objects.order_by("id").values_list("name", flat=True)] == [*NAMES]
    for database in (target, f"{target}_faithful"):
        assert [_with_microseconds(row) for row in sam.asks(database, query)] == ours
    assert (sam.work / "files/badges/logo.svg").read_bytes() == b"<svg/>"
    assert not (sam.work / "identity.key").exists()
    assert [*(sam.home / "empty").iterdir()] == []


def _with_microseconds(row: str) -> str:
    """As Python writes a moment: six digits, or none."""
    return re.sub(r"\.(\d{1,5})$", lambda found: f".{found[1]:0<6}", row)


@pytest.mark.parametrize("name", ["database.dump.zst.age", "roles.sql", "manifest.json"])
def test_a_stranger_sees_that_a_byte_was_changed(
    script: str, sam: Stranger, umbrella: Umbrella, name: str
) -> None:
    """And stops before anything is restored."""
    changed = sam.home / umbrella.folder.name / name
    before = changed.read_bytes()
    changed.write_bytes(before[:-2] + bytes([before[-2] ^ 1]) + before[-1:])
    try:
        with pytest.raises(AssertionError, match=r"FAILED|Verification Failure"):
            sam.does(script)
    finally:
        changed.write_bytes(before)

    assert not (sam.work / "identity.key").exists()


def test_the_signature_of_a_copy_from_before_its_key_was_replaced(sam: Stranger, umbrella: Umbrella) -> None:
    """As printed since; where none of the keys signed it, the stranger gets no further."""
    copy = sam.home / umbrella.folder.name
    if not copy.exists():
        sam.given(umbrella.folder)
    new, former = new_pair()[1], settings.AMANA_MANIFEST_PUBLIC_KEY

    said = sam.does(f"export COPY='{copy}'\n{block('signature', f'{new},{former}')}")
    assert said.count("Verification Failure") == said.count("Verified Successfully") == 1

    with pytest.raises(AssertionError, match="None of our keys signed it"):
        sam.does(f"export COPY='{copy}'\n{block('signature', new)}\ntouch trusted")
    assert not (sam.work / "trusted").exists()


def test_the_key_also_comes_out_of_the_catalog(page: Page, umbrella: Umbrella, tmp_path: Path) -> None:
    """As whoever may read it there."""
    import subprocess  # noqa: PLC0415

    ours = Cluster.load(settings.AMANA_VAR)
    superuser = psycopg.conninfo.conninfo_to_dict(ours.environment()["AMANA_SUPERUSER_URL"])
    (tmp_path / "offline.key").write_text(umbrella.offline)
    with bound_to(CATALOG):
        umbrella.backup.refresh_from_db()
    told = {
        "PATH": f"{ours.postgres.folder}:/usr/bin:/bin",
        "PGHOST": str(superuser["host"]),
        "PGUSER": str(superuser["user"]),
        "PGPASSWORD": str(superuser["password"]),
        "OFFLINE": "offline.key",
        "TENANT": str(umbrella.tenant.pk),
        "VERSION": str(umbrella.backup.key_version),
    }

    command = ["bash", "-e", "-o", "pipefail", "-c", page.blocks["identity-from-catalog"]]
    subprocess.run(command, cwd=tmp_path, env=told, check=True)

    assert (tmp_path / "identity.key").read_text() == identity_of(umbrella.tenant)


def test_the_storage_says_whose_copies_it_holds(page: Page, umbrella: Umbrella, sam: Stranger) -> None:
    (sam.work / "db").mkdir(exist_ok=True)
    shutil.copytree(umbrella.folder, sam.work / "db" / "copy", dirs_exist_ok=True)
    sam.hand_over()

    said = sam.does(page.blocks["newest"])

    assert f'"slug": "{umbrella.tenant.slug}"' in said
    assert f'"tenant": "{umbrella.tenant.pk}"' in said
