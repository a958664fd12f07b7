"""What a seal hashes: an encoding in which no two things look alike, and RFC 6962's tree over many of them.

Encoded, a value is its length (8 bytes, big-endian) and its bytes; NULL is the length of all ones, and no bytes.
"""

from collections.abc import Iterable
from hashlib import sha256

NULL = b"\xff" * 8
LEAF, NODE = b"\x00", b"\x01"
NOTHING = sha256().digest()


def encoded(values: Iterable[bytes | None]) -> bytes:
    parts: list[bytes] = []
    for value in values:
        if value is None:
            parts.append(NULL)
        else:
            parts += (len(value).to_bytes(8, "big"), value)
    return b"".join(parts)


def leaf_of(values: Iterable[bytes | None]) -> bytes:
    """RFC 6962, 2.1: SHA-256(0x00 ‖ entry)."""
    return sha256(LEAF + encoded(values)).digest()


class MerkleTree:
    """The root of leaves as they come: at most one subtree of each size is kept."""

    def __init__(self) -> None:
        self._subtrees: list[tuple[int, bytes]] = []

    def add(self, leaf: bytes) -> None:
        height = 0
        while self._subtrees and self._subtrees[-1][0] == height:
            leaf = _node(self._subtrees.pop()[1], leaf)
            height += 1
        self._subtrees.append((height, leaf))

    def root(self) -> bytes:
        """RFC 6962's tree hash of all leaves so far; of none, SHA-256 of nothing."""
        if not self._subtrees:
            return NOTHING
        *others, (_, root) = self._subtrees
        for _, subtree in reversed(others):
            root = _node(subtree, root)
        return root


def _node(left: bytes, right: bytes) -> bytes:
    return sha256(NODE + left + right).digest()


def root_of(leaves: Iterable[bytes]) -> bytes:
    tree = MerkleTree()
    for leaf in leaves:
        tree.add(leaf)
    return tree.root()
