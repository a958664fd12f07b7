"""A batch of sealed events: what its seal says of it, and what remains of each event in its anchors."""

from collections.abc import Iterable, Iterator
from dataclasses import astuple, dataclass, fields
from datetime import UTC, date, datetime
from hashlib import sha256
from struct import Struct

from audit.hashing import encoded

FORM = b"amana seal 1"
LOWEST, HIGHEST = -(2**63), 2**63 - 1
MARK = Struct(">q8s")


@dataclass(frozen=True)
class Header:
    """Which events a batch holds, their root, and the digest of the batch before.

    Its events are those of `era` and `month` whose transaction is in [since, until) and whose id is in
    (after_id, through_id]. A batch of the kind "drop" holds none: `month` has reached the end of its retention.
    """

    database: str
    batch: int
    kind: str
    era: int
    month: date
    since: int
    until: int
    after_id: int
    through_id: int
    events: int
    root: bytes
    marks_digest: bytes
    previous: bytes
    sealed_at: datetime

    def digest(self) -> bytes:
        """SHA-256 over every field in order: numbers in decimal, bytes in hex, dates in ISO 8601, times in UTC."""
        return sha256(FORM + encoded(_text(value).encode() for value in astuple(self))).digest()

    @property
    def month_begins(self) -> datetime:
        return month_after(self.month, 0)

    @property
    def month_ends(self) -> datetime:
        """The first moment after its month."""
        return month_after(self.month)


COLUMNS = tuple(field.name for field in fields(Header) if field.name != "database")


@dataclass(frozen=True)
class Sealed:
    """A header with its digest, as it stands in a seal or in an anchor; and its marks, unless they are gone."""

    header: Header
    digest: bytes
    marks: bytes | None

    @property
    def is_whole(self) -> bool:
        """Nothing in it was changed without changing its digest, too."""
        if self.marks is not None and sha256(self.marks).digest() != self.header.marks_digest:
            return False
        return self.digest == self.header.digest()


def marks_of(ids: Iterable[int], leaves: Iterable[bytes]) -> bytes:
    """16 bytes an event: its id, and the beginning of its hash. Enough to name the one that isn't as it was."""
    return b"".join(MARK.pack(id_, leaf[:8]) for id_, leaf in zip(ids, leaves, strict=True))


def read_marks(marks: bytes) -> Iterator[tuple[int, bytes]]:
    return MARK.iter_unpack(marks)


def split_leaves(leaves: bytes) -> list[bytes]:
    return [leaves[start : start + 32] for start in range(0, len(leaves), 32)]


def before_the_first(database: str) -> bytes:
    """What the first batch of a database says of the batch before: whose chain begins here."""
    return sha256(FORM + encoded([database.encode()])).digest()


def month_after(month: date, months: int = 1) -> datetime:
    years, index = divmod(month.month - 1 + months, 12)
    return datetime(month.year + years, index + 1, 1, tzinfo=UTC)


def _text(value: object) -> str:
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="microseconds")
    return str(value)
