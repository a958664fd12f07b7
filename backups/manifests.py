"""What a copy says of itself, signed by the backup worker (Ed25519, RFC 8032): a stranger can check it.

`manifest.json` lies beside the objects and is written last: without it there is no copy. `manifest.sig` holds the
signature of its bytes, in base64; the public key stands on the runbook and in AMANA_MANIFEST_PUBLIC_KEY, before those
that it took the place of.
"""

import base64
import json
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.conf import settings

from backups.exceptions import BackupRefused, ManifestRefused
from backups.signatures import signer_of
from backups.storage import Store

FORM = "amana backup 2"
MANIFEST, SIGNATURE = "manifest.json", "manifest.sig"
BIGGEST = 1 << 26
Manifest = dict[str, Any]


def signed(manifest: Manifest) -> tuple[bytes, bytes]:
    """Its bytes and their signature, 64 bytes. Raises BackupRefused where this process holds no key."""
    if not settings.AMANA_MANIFEST_KEY:
        raise BackupRefused("This process doesn't hold AMANA_MANIFEST_KEY: it can't sign for a backup.")
    content = json.dumps(manifest, indent=1, sort_keys=True).encode()
    key = Ed25519PrivateKey.from_private_bytes(base64.b64decode(settings.AMANA_MANIFEST_KEY))
    return content, key.sign(content)


def publish(store: Store, folder: str, manifest: Manifest) -> None:
    """Write the signature, and the manifest last of all: with it the copy begins to count."""
    content, signature = signed(manifest)
    for name, data in ((SIGNATURE, base64.b64encode(signature) + b"\n"), (MANIFEST, content)):
        with store.write(f"{folder}/{name}") as file:
            file.write(data)


def read_manifest(store: Store, folder: str) -> Manifest:
    """The manifest in that folder, once its signature holds. Raises ObjectMissing, ManifestRefused."""
    with store.read(f"{folder}/{MANIFEST}") as file:
        content = file.read(BIGGEST)
    with store.read(f"{folder}/{SIGNATURE}") as file:
        signature = file.read(1000)
    if not is_signed(content, signature):
        raise ManifestRefused(f"The manifest in {folder} isn't as it was signed.")
    manifest: Manifest = json.loads(content)
    if manifest.get("form") != FORM or manifest.get("folder") != folder:
        raise ManifestRefused(f"The manifest in {folder} is another backup's, or of another release.")
    return manifest


def is_signed(content: bytes, signature: bytes) -> bool:
    """Whether the backup worker signed it, with the key of today or of before; `signature` in base64."""
    try:
        decoded = base64.b64decode(signature)
    except ValueError:
        return False
    return bool(signer_of(content, decoded, settings.AMANA_MANIFEST_PUBLIC_KEY))
