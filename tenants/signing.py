"""Keys derived per tenant, so that nothing signed for one is worth anything at another."""

import hashlib
import hmac
from collections.abc import Iterator

from tenants.binding import bound_place


class TenantKey:
    """`SECRET_KEY` whose `str()` is the bound tenant's own key. Raises NoTenantBound when unbound.

    Django reads the setting again for each signature, so a Signer made anywhere signs for who is bound when it
    is used. Length and letters are the root's: the system check of the key's strength asks for them.
    """

    def __init__(self, root: str) -> None:
        self._root = root

    def __str__(self) -> str:
        place = bound_place()
        return derive(self._root, f"sign:{place.tenant_id or place.alias}")

    def __len__(self) -> int:
        return len(self._root)

    def __iter__(self) -> Iterator[str]:
        return iter(self._root)

    def __repr__(self) -> str:
        return "<TenantKey>"

    def startswith(self, prefix: str) -> bool:
        return self._root.startswith(prefix)

    def of_the_platform(self, purpose: str) -> str:
        """A key of the platform itself, for what is signed outside any tenant (a task's envelope)."""
        return derive(self._root, f"platform:{purpose}")


def derive(root: str, purpose: str) -> str:
    """HMAC-SHA-256 (RFC 2104) of the purpose under the root, as 64 hex digits."""
    return hmac.new(root.encode(), purpose.encode(), hashlib.sha256).hexdigest()
