"""What production asks of the keys and addresses of backups, of everybody and of each worker."""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

import pyrage

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


def _is_recipient(text: str) -> bool:
    try:
        pyrage.x25519.Recipient.from_str(text)
    except pyrage.RecipientError:
        return False
    return True
