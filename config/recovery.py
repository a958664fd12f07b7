"""What production asks of the keys and addresses of backups, of everybody and of each worker."""

import base64
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

import pyrage
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

if TYPE_CHECKING:
    from config.environment import Environment

OFFLINE = 2
HELP = "run init_recovery_keys"
WORKERS: Mapping[str, tuple[str, ...]] = {
    "backup": ("backup_url", "manifest_key", "manifest_public_key"),
    "drill": (
        "drill_url",
        "drill_key",
        "drill_recipient",
        "manifest_public_key",
        "report_key",
        "report_public_key",
        "recovery_recipients",
    ),
    "lending": ("drill_key", "drill_recipient", "recovery_recipients"),
    "restore": ("provisioner_url", "identity_key", "manifest_public_key"),
    "control": ("provisioner_url", "identity_key", "recovery_recipients", "drill_recipient", "escrow_dir"),
}
SIGNS = {"backup": "manifest", "drill": "report"}


def faults_of_recipients(recovery: str, drill: str) -> Iterator[str]:
    """Why production must not encrypt to them, a sentence each; nothing where none is given."""
    offline = [each.strip() for each in recovery.split(",") if each.strip()]
    if offline and len({*offline}) < OFFLINE:
        yield f"AMANA_RECOVERY_RECIPIENTS names one key: two people hold one each ({HELP})"
    if drill and drill in offline:
        yield "AMANA_RECOVERY_RECIPIENTS names the drill worker's key: that one isn't offline"
    for name, given in (("RECOVERY_RECIPIENTS", offline), ("DRILL_RECIPIENT", [drill] if drill else [])):
        if any(not _is_recipient(each) for each in given):
            yield f"AMANA_{name} can't be read: a recipient begins with age1"


def faults_of_public_keys(**named: str) -> Iterator[str]:
    """Why production must not verify with them, a sentence each; `named` by kind, several with commas between."""
    for kind, keys in named.items():
        if keys and None in [_public(each) for each in keys.split(",")]:
            yield f"AMANA_{kind.upper()}_PUBLIC_KEY can't be read: 32 bytes in base64, several with commas between"


def faults_of_worker(queue: str, environment: "Environment") -> Iterator[str]:
    """Why a worker for that queue must not start in production, a sentence each."""
    for name in WORKERS.get(queue, ()):
        if not getattr(environment, name):
            yield f"AMANA_{name.upper()} is missing, and the worker {queue} needs it"
    if queue == "control" and environment.escrow_dir and environment.escrow_is_remote != "1":
        yield (
            "AMANA_ESCROW_DIR is a folder of this server: name one on another machine's disk that is mounted there,"
            " and say so with AMANA_ESCROW_IS_REMOTE=1"
        )
    if queue in SIGNS:
        yield from _faults_of_signing(SIGNS[queue], environment)
    if queue in {"drill", "lending"} and environment.drill_key and environment.drill_recipient:
        yield from _faults_of_drill_key(environment.drill_key, environment.drill_recipient)


def _faults_of_drill_key(key: str, recipient: str) -> Iterator[str]:
    try:
        held = [str(pyrage.x25519.Identity.from_str(each.strip()).to_public()) for each in key.split(",")]
    except pyrage.IdentityError:
        yield "AMANA_DRILL_KEY can't be read: an identity begins with AGE-SECRET-KEY-1"
        return
    if recipient not in held:
        yield "AMANA_DRILL_RECIPIENT isn't of AMANA_DRILL_KEY: what is wrapped from now on couldn't be opened"


def _faults_of_signing(kind: str, environment: "Environment") -> Iterator[str]:
    """What this worker signed would be damaged to everybody else, itself among them."""
    private, public = getattr(environment, f"{kind}_key"), getattr(environment, f"{kind}_public_key")
    if not private or not public:
        return
    try:
        key = Ed25519PrivateKey.from_private_bytes(base64.b64decode(private))
    except ValueError:
        yield f"AMANA_{kind.upper()}_KEY can't be read: 32 bytes in base64"
        return
    if key.public_key().public_bytes_raw() not in [_public(each) for each in public.split(",")]:
        yield f"AMANA_{kind.upper()}_PUBLIC_KEY doesn't name the public half of AMANA_{kind.upper()}_KEY"


def _public(key: str) -> bytes | None:
    try:
        return Ed25519PublicKey.from_public_bytes(base64.b64decode(key)).public_bytes_raw()
    except ValueError:
        return None


def _is_recipient(text: str) -> bool:
    try:
        pyrage.x25519.Recipient.from_str(text)
    except pyrage.RecipientError:
        return False
    return True
