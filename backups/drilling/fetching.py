"""The first half of a drill: the objects, as they lie in the storage, are whole, ours, and rightly encrypted."""

import hashlib

from django.utils import timezone

from backups.alarming.storage import storage_serves
from backups.drilling.machine import check_room, spooled
from backups.drilling.scratch import empty
from backups.drilling.work import Found, Work, remove_left_spools
from backups.exceptions import ManifestRefused, ObjectMissing, StepFailed
from backups.manifests import MANIFEST, SIGNATURE, Manifest, read_manifest
from backups.pipeline import BLOCK, HEADER
from backups.storage import Readable, Writable

HEADER_BYTES = 4096
PAGE = 4096
LONG = 1 << 28  # bytes: no manifest is as long


def make_room(work: Work) -> Found:
    """An earlier drill that was killed left what it had restored: that goes before anything else."""
    things, folders = empty(work.scratch), remove_left_spools(work.spool)
    check_room(work.spool, _needed(work.backup.manifest))
    if not things and not folders:
        return Found("scratch was empty.", {"things": 0, "folders": 0})
    says = (
        f"An interrupted drill had left {things} things in scratch and {folders} folders: they were removed."
    )
    return Found(says, {"things": things, "folders": folders})


def _needed(manifest: Manifest) -> int:
    """All that is fetched, and beside it the files, unpacked: each begins a page of the disk."""
    files = manifest.get("files", {})
    unpacked = files.get("file_bytes", 0) + PAGE * files.get("files", 0)
    return int(sum(said["bytes"] for said in _named(manifest).values()) + unpacked)


def fetch(work: Work) -> Found:
    """What the copy is made of, and nothing else that lies in its folder; of each no more than it should have."""
    work.began_at = timezone.now()
    folder = work.backup.folder
    sizes = {name: said["bytes"] for name, said in _named(work.backup.manifest).items()}
    wanted = {f"{folder}/{name}": size for name, size in {MANIFEST: LONG, SIGNATURE: LONG, **sizes}.items()}
    missing = sorted({*wanted} - {each.name for each in work.store.list(f"{folder}/")})
    if missing:
        raise StepFailed(f"{missing[0]} isn't in the storage.", missing=missing)
    total = 0
    for name, size in wanted.items():
        with work.store.read(name) as source, spooled(work.spool / name) as target:
            total += _copy(work, source, target, size)
    storage_serves("reader")
    return Found(f"{len(wanted)} objects, {total} bytes.", {"objects": len(wanted), "bytes": total})


def _named(manifest: Manifest) -> Manifest:
    """Every object besides the manifest, with its size and digest: encrypted or not."""
    return {**manifest.get("objects", {}), **manifest.get("unencrypted", {})}


def _copy(work: Work, source: Readable, target: Writable, most: int) -> int:
    """What is longer than it should be isn't fetched to its end."""
    total = 0
    while total <= most and (data := source.read(BLOCK)):
        work.pulse.check()
        total += target.write(data)
    return total


def check_signature(work: Work) -> Found:
    try:
        manifest = read_manifest(work.fetched, work.backup.folder)
    except (ManifestRefused, ObjectMissing) as refusal:
        raise StepFailed(str(refusal)) from refusal
    tenant = str(work.drill.tenant_id) if work.drill.tenant_id else None
    if (manifest["backup"], manifest["tenant"]) != (str(work.backup.pk), tenant):
        raise StepFailed("The manifest is signed, and of another tenant's copy.")
    if manifest != work.backup.manifest:
        raise StepFailed("The manifest is signed, and isn't the one that the catalog has of this copy.")
    work.manifest = manifest
    digest = hashlib.sha256(work.path(MANIFEST).read_bytes()).hexdigest()
    return Found("The manifest is as it was signed, and of this copy.", {"sha256": digest})


def check_hashes(work: Work) -> Found:
    objects = _named(work.manifest)
    for name, said in objects.items():
        digest, size = hashlib.sha256(), 0
        with work.path(name).open("rb") as file:
            while data := file.read(BLOCK):
                work.pulse.check()
                digest.update(data)
                size += len(data)
        if size > said["bytes"]:
            raise StepFailed(f"{name} has more than its {said['bytes']} bytes.")
        if size < said["bytes"]:
            raise StepFailed(f"{name} has {size} bytes and not {said['bytes']}.")
        if digest.hexdigest() != said["sha256"]:
            raise StepFailed(f"{name} has as many bytes as it should, and another SHA-256.")
    return Found(
        f"{len(objects)} objects have the size and the SHA-256 that were signed.",
        {"sha256": {name: said["sha256"] for name, said in objects.items()}},
    )


def check_headers(work: Work) -> Found:
    """Encrypted to one key: a second recipient could open what nobody but the tenant's key should."""
    for name in work.manifest["objects"]:
        with work.path(name).open("rb") as file:
            head = file.read(HEADER_BYTES)
        if not HEADER.match(head) or _recipients(head) != [b"X25519"]:
            raise StepFailed(f"{name} isn't an age file for one X25519 key.")
    return Found("Each object is an age file for one X25519 key.", {"objects": len(work.manifest["objects"])})


def _recipients(head: bytes) -> list[bytes]:
    """The kinds of stanzas. Writers add one that opens nothing and ends in -grease, so that readers stay tolerant."""
    stanzas, end, _body = head.partition(b"\n--- ")
    kinds = [line.split(b" ")[1] for line in stanzas.split(b"\n") if line.startswith(b"-> ")]
    return [kind for kind in kinds if not kind.endswith(b"-grease")] if end else []
