"""Keys that sign manifests and reports, to be replaced as an operator replaces them."""

import base64

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey


def new_pair() -> tuple[str, str]:
    """(private, public), both in base64, as the environment has them."""
    key = Ed25519PrivateKey.generate()
    raw = key.private_bytes_raw(), key.public_key().public_bytes_raw()
    return base64.b64encode(raw[0]).decode(), base64.b64encode(raw[1]).decode()


def replaced(kind: str, former: str) -> dict[str, str]:
    """The settings after `init_recovery_keys --replace`: `former` is what is named until then."""
    private, public = new_pair()
    return {f"AMANA_{kind}_KEY": private, f"AMANA_{kind}_PUBLIC_KEY": f"{public},{former}"}
