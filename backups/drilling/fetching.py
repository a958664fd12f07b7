"""The first half of a drill: the objects, as they lie in the storage, are whole, ours, and rightly encrypted."""

import hashlib
import time
from typing import Any

from django.utils.translation import gettext_noop

from backups.alarming.storage import storage_serves
from backups.drilling.machine import check_room, spooled
from backups.drilling.scratch import empty
from backups.drilling.work import Found, Work, remove_left_spools
from backups.exceptions import BackupRefused, ManifestRefused, NotOfTheCopy, ObjectMissing, StepFailed
from backups.manifests import BIGGEST, MANIFEST, SIGNATURE, Manifest, read_manifest
from backups.pipeline import BLOCK, HEADER
from backups.programs import check_can_restore
from backups.sentences import sentence
from backups.storage import Readable, Writable

HEADER_BYTES = 4096
PAGE = 4096
TOO_LONG = gettext_noop("%(name)s has more than %(bytes)s bytes.")
TOO_SHORT = gettext_noop("%(name)s has %(size)s bytes and not %(bytes)s.")
BIGGEST_SIGNATURE = 1000  # bytes, as whoever checks it reads


def make_room(work: Work) -> Found:
    """An earlier drill that was killed left what it had restored: that goes before anything else is done.

    What our pg_restore can't read isn't even begun with.
    """
    if versions := work.backup.manifest.get("versions"):
        _refuse_older_programs(versions)
    things, folders = empty(work.scratch), remove_left_spools(work.spool)
    check_room(work.spool, _needed(work.backup.manifest))
    if not things and not folders:
        return Found(sentence(gettext_noop("scratch was empty.")), {"things": 0, "folders": 0})
    says = sentence(
        gettext_noop(
            "An interrupted drill had left %(things)s things in scratch and %(folders)s folders: they were removed."
        ),
        things=things,
        folders=folders,
    )
    return Found(says, {"things": things, "folders": folders})


def _refuse_older_programs(versions: dict[str, int]) -> None:
    try:
        check_can_restore(versions)
    except BackupRefused as refusal:
        raise NotOfTheCopy(str(refusal)) from refusal


def _needed(manifest: Manifest) -> int:
    """All that is fetched, and beside it the files, unpacked: each begins a page of the disk."""
    files = manifest.get("files", {})
    unpacked = files.get("file_bytes", 0) + PAGE * files.get("files", 0)
    return int(sum(said["bytes"] for said in named_in(manifest).values()) + unpacked)


def fetch(work: Work) -> Found:
    """What the manifest names, and of each a byte more at most: whoever writes there fills no disk of ours."""
    work.began = time.monotonic()
    said = {name: each["bytes"] for name, each in named_in(work.backup.manifest).items()}
    total = 0
    for name, most in {MANIFEST: BIGGEST, SIGNATURE: BIGGEST_SIGNATURE, **said}.items():
        path = f"{work.backup.folder}/{name}"
        try:
            with work.store.read(path) as source, spooled(work.spool / path) as target:
                total += _copy(work, source, target, most + 1)
        except ObjectMissing as missing:
            raise StepFailed(str(missing), missing=[path]) from missing
    storage_serves("reader")
    told = {"objects": len(said) + 2, "bytes": total}
    return Found(sentence(gettext_noop("%(objects)s objects, %(bytes)s bytes."), **told), told)


def named_in(manifest: Manifest) -> dict[str, Any]:
    """What lies beside a manifest and its signature: encrypted objects, and what is stored as it is."""
    return {**manifest.get("objects", {}), **manifest.get("unencrypted", {})}


def _copy(work: Work, source: Readable, target: Writable, most: int) -> int:
    total = 0
    while data := source.read(min(BLOCK, most - total)):
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
        raise StepFailed(sentence(gettext_noop("The manifest is signed, and of another tenant's copy.")))
    if manifest != work.backup.manifest:
        raise StepFailed(
            sentence(
                gettext_noop("The manifest is signed, and isn't the one that the catalog has of this copy.")
            )
        )
    work.manifest = manifest
    digest = hashlib.sha256(work.path(MANIFEST).read_bytes()).hexdigest()
    return Found(
        sentence(gettext_noop("The manifest is as it was signed, and of this copy.")), {"sha256": digest}
    )


def check_hashes(work: Work) -> Found:
    """Of what a superuser runs in a restore, too: roles.sql isn't encrypted, and anybody who writes there reads it."""
    objects = named_in(work.manifest)
    for name, said in objects.items():
        digest, size = hashlib.sha256(), 0
        with work.path(name).open("rb") as file:
            while data := file.read(BLOCK):
                work.pulse.check()
                digest.update(data)
                size += len(data)
        if size > said["bytes"]:
            raise StepFailed(sentence(TOO_LONG, name=name, bytes=said["bytes"]))
        if size != said["bytes"]:
            raise StepFailed(sentence(TOO_SHORT, name=name, size=size, bytes=said["bytes"]))
        if digest.hexdigest() != said["sha256"]:
            raise StepFailed(
                sentence(
                    gettext_noop("%(name)s has as many bytes as it should, and another SHA-256."), name=name
                )
            )
    return Found(
        sentence(
            gettext_noop("%(objects)s objects have the size and the SHA-256 that were signed."),
            objects=len(objects),
        ),
        {"sha256": {name: said["sha256"] for name, said in objects.items()}},
    )


def check_headers(work: Work) -> Found:
    """Encrypted to one key: a second recipient could open what nobody but the tenant's key should."""
    for name in work.manifest["objects"]:
        with work.path(name).open("rb") as file:
            head = file.read(HEADER_BYTES)
        if not HEADER.match(head) or _recipients(head) != [b"X25519"]:
            raise StepFailed(
                sentence(gettext_noop("%(name)s isn't an age file for one X25519 key."), name=name)
            )
    says = sentence(gettext_noop("Each object is an age file for one X25519 key."))
    return Found(says, {"objects": len(work.manifest["objects"])})


def _recipients(head: bytes) -> list[bytes]:
    """The kinds of stanzas. Writers add one that opens nothing and ends in -grease, so that readers stay tolerant."""
    stanzas, end, _body = head.partition(b"\n--- ")
    kinds = [line.split(b" ")[1] for line in stanzas.split(b"\n") if line.startswith(b"-> ")]
    return [kind for kind in kinds if not kind.endswith(b"-grease")] if end else []
