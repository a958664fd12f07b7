"""A copy is good when every byte of it is what was signed for; whatever was done to it is said in exact words."""

import json
import shutil
from collections.abc import Callable
from datetime import timedelta
from hashlib import sha256

import pytest
from django.utils import timezone
from pytest_django import Settings

from audit.reading import read
from backups.exceptions import BackupRefused, CopyDamaged, StorageAway
from backups.keeping import verifying_rounds
from backups.keeping.verifying import note_damage, verify
from backups.keeping.verifying_rounds import verify_round
from backups.manifests import publish
from backups.models import Backup
from backups.taking import DUMP, FILES
from tenants.binding import CATALOG, bound_to
from tests.backups.keeping.conftest import Copies
from tests.support.disks import small_disk

Spoil = Callable[[Copies], object]


def refetched(backup: Backup) -> Backup:
    with bound_to(CATALOG):
        found: Backup = Backup.objects.get(pk=backup.pk)
        return found


def flip_a_bit(copies: Copies, name: str = DUMP, at: int = -1000) -> None:
    path = copies.file(copies.acme, name)
    content = bytearray(path.read_bytes())
    content[at] ^= 1
    path.write_bytes(content)


def swap_two_chunks(copies: Copies) -> None:
    """age's chunks are of 64 KiB and a tag of 16 bytes, after the header's last line and a nonce of 16 bytes."""
    path, size = copies.file(copies.acme, FILES), 65552
    content = path.read_bytes()
    begin = content.index(b"\n", content.index(b"\n---") + 1) + 17
    one, two = content[begin : begin + size], content[begin + size : begin + 2 * size]
    assert len(two) == size
    path.write_bytes(content[:begin] + two + one + content[begin + 2 * size :])


def truncate(copies: Copies) -> None:
    path = copies.file(copies.acme, DUMP)
    path.write_bytes(path.read_bytes()[:-100])


def lengthen(copies: Copies) -> None:
    with copies.file(copies.acme, DUMP).open("ab") as file:
        file.write(b"x")


def from_older(copies: Copies) -> None:
    shutil.copy(copies.file(copies.older, DUMP), copies.file(copies.acme, DUMP))


def from_globex(copies: Copies) -> None:
    shutil.copy(copies.file(copies.globex, DUMP), copies.file(copies.acme, DUMP))


def all_of(backup: str) -> Spoil:
    """A whole folder, manifest and signature with it, lies under the copy's name."""

    def put(copies: Copies) -> None:
        shutil.rmtree(copies.root / copies.acme.folder)
        shutil.copytree(copies.root / getattr(copies, backup).folder, copies.root / copies.acme.folder)

    return put


def resign(copies: Copies, **changed: object) -> None:
    """Whoever has the signing key signs something else: then the catalog contradicts."""
    for name in ("manifest.json", "manifest.sig"):
        copies.file(copies.acme, name).unlink()
    publish(copies.store, copies.acme.folder, copies.acme.manifest | changed)


def change_the_manifest(copies: Copies) -> None:
    path = copies.file(copies.acme, "manifest.json")
    path.write_text(json.dumps(json.loads(path.read_text()) | {"tier": "daily"}, indent=1, sort_keys=True))


def spoil_the_signature(copies: Copies) -> None:
    copies.file(copies.acme, "manifest.sig").write_bytes(b"no base64 at all!\n")


F = "{folder}"
SPOILT: dict[str, tuple[Spoil, str]] = {
    "a flipped bit": (flip_a_bit, f"{F}/{DUMP} isn't what was stored: its SHA-256 is "),
    "a flipped bit in the header": (
        lambda copies: flip_a_bit(copies, at=3),
        f"{F}/{DUMP} isn't what was stored: its SHA-256 is ",
    ),
    "a flipped bit in the files": (
        lambda copies: flip_a_bit(copies, FILES, at=-1),
        f"{F}/{FILES} isn't what was stored: its SHA-256 is ",
    ),
    "other roles": (
        lambda copies: flip_a_bit(copies, "roles.sql", at=5),
        f"{F}/roles.sql isn't what was stored: its SHA-256 is ",
    ),
    "swapped chunks": (swap_two_chunks, f"{F}/{FILES} isn't what was stored: its SHA-256 is "),
    "truncated": (truncate, f"{F}/{DUMP} has {{short}} bytes and not {{bytes}}."),
    "longer": (lengthen, f"{F}/{DUMP} has more than its {{bytes}} bytes."),
    "an older object": (from_older, f"{F}/{DUMP} "),
    "another tenant's object": (from_globex, f"{F}/{DUMP} "),
    "an older copy": (
        all_of("older"),
        f"The manifest in {F} is another backup's, or of another release.",
    ),
    "another tenant's copy": (
        all_of("globex"),
        f"The manifest in {F} is another backup's, or of another release.",
    ),
    "an object gone": (lambda copies: copies.file(copies.acme, FILES).unlink(), f"{F}/{FILES} isn't in the"),
    "no manifest": (
        lambda copies: copies.file(copies.acme, "manifest.json").unlink(),
        f"{F}/manifest.json isn't in the storage.",
    ),
    "no signature": (
        lambda copies: copies.file(copies.acme, "manifest.sig").unlink(),
        f"{F}/manifest.sig isn't in the storage.",
    ),
    "another signature": (spoil_the_signature, f"The manifest in {F} isn't as it was signed."),
    "a changed manifest": (change_the_manifest, f"The manifest in {F} isn't as it was signed."),
    "signed anew": (
        lambda copies: resign(copies, lsn="0/0"),
        f"The manifest in {F} isn't the one that the catalog has noted.",
    ),
    "signed anew for another tenant": (
        lambda copies: resign(copies, tenant=str(copies.globex.tenant_id)),
        f"The manifest in {F} is another tenant's.",
    ),
    "signed anew for another database": (
        lambda copies: resign(copies, database=copies.globex.database),
        f"The manifest in {F} is another tenant's.",
    ),
    "signed anew for another copy": (
        lambda copies: resign(copies, backup=str(copies.older.pk)),
        f"The manifest in {F} is another copy's.",
    ),
}


@pytest.mark.parametrize("kind", SPOILT)
def test_what_was_spoilt_is_named_and_counts_as_good_no_more(copies: Copies, kind: str) -> None:
    spoil, expected = SPOILT[kind]
    spoil(copies)
    size = copies.acme.manifest["objects"][DUMP]["bytes"]
    expected = expected.format(folder=copies.acme.folder, bytes=size, short=size - 100)
    with pytest.raises(CopyDamaged) as refused:
        verify(copies.acme)
    assert str(refused.value).startswith(expected)
    row = refetched(copies.acme)
    assert (row.damage, row.verified_at) == (f"In the storage: {refused.value}", None)
    assert row.condition == "damaged"
    with bound_to(CATALOG):
        assert copies.acme not in Backup.objects.good()
        [event] = read(most=1, action="backups.verified")
        assert (event.outcome, event.object_id) == ("failed", str(copies.acme.pk))
        assert event.details == {"tenant": "acme", "copy": copies.acme.name, "why": str(refused.value)}
    verify(copies.globex)
    assert refetched(copies.globex).condition == "verified"


def test_a_good_copy_is_verified_without_any_key_to_open_it(copies: Copies, settings: Settings) -> None:
    for name in ("AMANA_DRILL_KEY", "AMANA_MANIFEST_KEY", "AMANA_MASTER_KEY", "AMANA_STORE_KEEPER"):
        setattr(settings, name, "")
    heard: list[str] = []
    assert verify(copies.acme, heard.append) > 10_000
    assert heard == [DUMP, FILES, "roles.sql"]
    row = refetched(copies.acme)
    assert (row.condition, row.damage) == ("verified", "")
    assert row.verified_at is not None
    assert (timezone.now() - row.verified_at).total_seconds() < 60
    with bound_to(CATALOG):
        [event] = read(most=1, action="backups.verified")
    assert (event.outcome, event.details) == ("done", {"tenant": "acme", "copy": copies.acme.name})


def test_what_isnt_encrypted_is_damage_though_it_is_signed_for(copies: Copies) -> None:
    plain = b"PGDMP" + b"x" * 1000
    copies.file(copies.acme, DUMP).write_bytes(plain)
    manifest = copies.acme.manifest
    manifest["objects"][DUMP] |= {"bytes": len(plain), "sha256": sha256(plain).hexdigest()}
    resign(copies)
    with bound_to(CATALOG):
        Backup.objects.filter(pk=copies.acme.pk).update(manifest=manifest)
    with pytest.raises(CopyDamaged, match=f"{DUMP} doesn't begin as an age file for one key does"):
        verify(copies.acme)


def test_what_was_put_back_is_good_again_but_not_what_a_drill_found(copies: Copies) -> None:
    flip_a_bit(copies)
    with pytest.raises(CopyDamaged):
        verify(copies.acme)
    flip_a_bit(copies)
    verify(copies.acme)
    assert refetched(copies.acme).condition == "verified"
    with bound_to(CATALOG):
        Backup.objects.filter(pk=copies.acme.pk).update(damage="public.orders has 3 rows and not 4")
    verify(copies.acme)
    assert refetched(copies.acme).damage == "public.orders has 3 rows and not 4"
    flip_a_bit(copies)
    with pytest.raises(CopyDamaged):
        verify(copies.acme)
    assert refetched(copies.acme).damage == "public.orders has 3 rows and not 4"


def test_what_another_reading_found_meanwhile_stands(copies: Copies) -> None:
    another = refetched(copies.acme)
    verify(copies.acme, lambda _: note_damage(another, "its disk ate it."))
    assert refetched(copies.acme).damage == "In the storage: its disk ate it."
    verify(refetched(copies.acme))
    assert refetched(copies.acme).condition == "verified"


def test_while_the_storage_is_away_nothing_is_said_of_a_copy(copies: Copies, settings: Settings) -> None:
    with small_disk(copies.root.parent / "mnt", "64k") as disk:
        settings.AMANA_BACKUP_STORE = f"file://{disk.path}"
        settings.AMANA_BACKUP_STORE_IS_REMOTE = True
        disk.unmount()
        with pytest.raises(StorageAway, match="isn't mounted"):
            verify(copies.acme)
        assert verify_round() == 0
    assert refetched(copies.acme).condition == "stored"


def test_what_was_removed_isnt_damaged(copies: Copies) -> None:
    with bound_to(CATALOG):
        Backup.objects.filter(pk=copies.acme.pk).update(removed_at=timezone.now())
    shutil.rmtree(copies.root / copies.acme.folder)
    with pytest.raises(BackupRefused, match="was removed while it was read"):
        verify(copies.acme)
    with pytest.raises(BackupRefused, match="There is no such copy in the storage"):
        verify(refetched(copies.acme))
    assert refetched(copies.acme).damage == ""


def test_rounds_begin_with_the_longest_unverified_and_pass_over_what_is_damaged(copies: Copies) -> None:
    with bound_to(CATALOG):
        others = Backup.objects.exclude(pk__in=[copies.older.pk, copies.acme.pk, copies.globex.pk])
        others.update(removed_at=timezone.now())
    flip_a_bit(copies)
    assert verify_round(seconds=0) == 0
    assert verify_round() == 3
    conditions = [refetched(each).condition for each in (copies.older, copies.acme, copies.globex)]
    assert conditions == ["verified", "damaged", "verified"]
    assert verify_round() == 0
    with bound_to(CATALOG):
        long_ago = timezone.now() - timedelta(days=8)
        Backup.objects.filter(pk=copies.globex.pk).update(verified_at=long_ago)
    assert verify_round() == 1
    assert refetched(copies.globex).verified_at != long_ago


def test_a_round_takes_no_more_than_it_should_and_a_week_of_them_all_copies_of_ten_thousand_tenants(
    copies: Copies, monkeypatch: pytest.MonkeyPatch
) -> None:
    with bound_to(CATALOG):
        ours = [copies.older.pk, copies.acme.pk, copies.globex.pk]
        Backup.objects.exclude(pk__in=ours).update(removed_at=timezone.now())
    assert verifying_rounds.MOST * 24 * 7 > 430_000
    monkeypatch.setattr(verifying_rounds, "MOST", 2)
    assert [verify_round(), verify_round(), verify_round()] == [2, 1, 0]
