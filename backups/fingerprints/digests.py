"""The digest of a table's rows, and what differs between two fingerprints."""

from collections.abc import Iterable, Iterator
from hashlib import sha256
from itertools import islice
from typing import Any

Fingerprint = dict[str, dict[str, Any]]
BYTES = 32
MANY: int = 1 << 8 * BYTES
AT_ONCE = 500


class Digest:
    """Of the rows that it was given so far, in any order."""

    def __init__(self) -> None:
        self.rows = self.sum = 0

    def add(self, rows: Iterable[bytes | bytearray | memoryview]) -> None:
        """Lines of COPY, each with its end."""
        left = iter(rows)
        while digests := [sha256(row).digest() for row in islice(left, AT_ONCE)]:
            self.rows += len(digests)
            self.sum += sum(map(int.from_bytes, digests))

    def as_dict(self) -> dict[str, Any]:
        return {"rows": self.rows, "digest": (self.sum % MANY).to_bytes(BYTES).hex()}


def differences(expected: Fingerprint, found: Fingerprint) -> Iterator[str]:
    """Each table or sequence that isn't the same, named, with both figures."""
    for name in sorted(expected.keys() | found.keys()):
        one, other = expected.get(name), found.get(name)
        if one == other:
            continue
        if other is None:
            yield f"{name} is missing"
        elif one is None:
            yield f"{name} is there and shouldn't be"
        elif one.get("rows") != other.get("rows"):
            yield f"{name} has {other.get('rows')} rows and not {one.get('rows')}"
        elif "value" in one:
            yield f"{name} stands at {other.get('value')} and not at {one.get('value')}"
        else:
            yield f"{name} has as many rows, and other content"
