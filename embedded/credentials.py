"""Secrets made once for this checkout; those of the environment win."""

from __future__ import annotations

import base64
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

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
    identity = base64.b64encode(Ed25519PrivateKey.generate().private_bytes_raw()).decode()
    return {
        "AMANA_SECRET_KEY": secrets.token_urlsafe(64),
        "AMANA_ROLE_SECRET": secrets.token_urlsafe(64),
        "AMANA_IDENTITY_KEY": identity,
        "AMANA_IDENTITY_PUBLIC_KEY": public_key_of(identity),
        "AMANA_MASTER_KEY": f"k1:{base64.b64encode(secrets.token_bytes(32)).decode()}",
        "passwords": {name: secrets.token_urlsafe(32) for name in (*ROLES, "superuser")},
    }


def public_key_of(identity_key: str) -> str:
    try:
        private = Ed25519PrivateKey.from_private_bytes(base64.b64decode(identity_key, validate=True))
    except (ValueError, UnsupportedAlgorithm):
        raise Refusal("AMANA_IDENTITY_KEY is not an Ed25519 private key: 32 bytes in base64.") from None
    return base64.b64encode(private.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)).decode()
