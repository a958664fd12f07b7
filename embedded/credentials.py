"""Secrets made once for this checkout; those of the environment win."""

from __future__ import annotations

import base64
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pyrage
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from embedded.files import read_json, write_json
from embedded.place import Place
from embedded.refusals import Refusal

ROLES = ("catalog", "keys", "backup", "sealer", "drill", "provisioner")
SECRETS = (
    "AMANA_SECRET_KEY",
    "AMANA_ROLE_SECRET",
    "AMANA_IDENTITY_KEY",
    "AMANA_IDENTITY_PUBLIC_KEY",
    "AMANA_MASTER_KEY",
    "AMANA_MANIFEST_KEY",
    "AMANA_MANIFEST_PUBLIC_KEY",
    "AMANA_REPORT_KEY",
    "AMANA_REPORT_PUBLIC_KEY",
    "AMANA_DRILL_KEY",
    "AMANA_DRILL_RECIPIENT",
    "AMANA_RECOVERY_RECIPIENTS",
)


@dataclass(frozen=True)
class Credentials:
    """What the product's processes are told, and the passwords that our own servers ask for."""

    secrets: Mapping[str, str]
    passwords: Mapping[str, str]

    @property
    def superuser(self) -> str:
        return self.passwords["superuser"]


def load_or_make(place: Place, environment: Mapping[str, str]) -> Credentials:
    kept = read_json(place.secrets_file)
    made = _made() | kept
    if made != kept:
        write_json(place.secrets_file, made)
    given = {name: environment[name] for name in SECRETS if environment.get(name)}
    values = {name: made[name] for name in SECRETS} | given
    if "AMANA_IDENTITY_PUBLIC_KEY" not in given and "AMANA_IDENTITY_KEY" in given:
        values["AMANA_IDENTITY_PUBLIC_KEY"] = public_key_of(given["AMANA_IDENTITY_KEY"])
    return Credentials(values, made["passwords"])


def _made() -> dict[str, Any]:
    return {
        "AMANA_SECRET_KEY": secrets.token_urlsafe(64),
        "AMANA_ROLE_SECRET": secrets.token_urlsafe(64),
        **_signing_keys(),
        **_recovery_keys(),
        "AMANA_MASTER_KEY": f"k1:{base64.b64encode(secrets.token_bytes(32)).decode()}",
        "passwords": {name: secrets.token_urlsafe(32) for name in (*ROLES, "superuser")},
    }


def _signing_keys() -> dict[str, str]:
    pairs: dict[str, str] = {}
    for name in ("IDENTITY", "MANIFEST", "REPORT"):
        private = base64.b64encode(Ed25519PrivateKey.generate().private_bytes_raw()).decode()
        pairs |= {f"AMANA_{name}_KEY": private, f"AMANA_{name}_PUBLIC_KEY": public_key_of(private)}
    return pairs


def _recovery_keys() -> dict[str, Any]:
    """Of the drill worker, and two that belong on paper: beside it, as here, they are for trying out only."""
    drill, *offline = (pyrage.x25519.Identity.generate() for _ in range(3))
    return {
        "AMANA_DRILL_KEY": str(drill),
        "AMANA_DRILL_RECIPIENT": str(drill.to_public()),
        "AMANA_RECOVERY_RECIPIENTS": ",".join(str(each.to_public()) for each in offline),
        "offline recovery keys": [str(each) for each in offline],
    }


def public_key_of(identity_key: str) -> str:
    try:
        private = Ed25519PrivateKey.from_private_bytes(base64.b64decode(identity_key, validate=True))
    except (ValueError, UnsupportedAlgorithm):
        raise Refusal("AMANA_IDENTITY_KEY is not an Ed25519 private key: 32 bytes in base64.") from None
    return base64.b64encode(private.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)).decode()
