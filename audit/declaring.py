"""What each app says of its tables: which are logged, with which values, and which are not, and why.

Closed by default. Every table is logged unless it is exempt. A column of text, JSON or bytes is masked (the log says
that it changed, not from what to what) unless it is declared plain; every other column is plain unless declared
masked. Encrypted columns are logged as ciphertext, blind indexes never.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

NOTHING: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True)
class Declared:
    """One table's columns, as far as they differ from the rule. `ignored` maps a column to the reason."""

    plain: frozenset[str] = frozenset()
    masked: frozenset[str] = frozenset()
    ignored: Mapping[str, str] = field(default_factory=dict)

    @property
    def columns(self) -> frozenset[str]:
        return self.plain | self.masked | self.ignored.keys()


_logged: dict[str, Declared] = {}
_exempt: dict[str, str] = {}


def logged(
    table: str,
    *,
    plain: tuple[str, ...] = (),
    masked: tuple[str, ...] = (),
    ignored: Mapping[str, str] = NOTHING,
) -> None:
    """Say of `table` what isn't the rule. A change of ignored columns alone leaves no event."""
    _refuse_twice(table)
    _logged[table] = Declared(frozenset(plain), frozenset(masked), ignored)


def exempt(table: str, reason: str) -> None:
    """`table` isn't logged, for a reason that a stranger accepts."""
    _refuse_twice(table)
    _exempt[table] = reason


def declaration_of(table: str) -> Declared:
    return _logged.get(table, Declared())


def declared_tables() -> Mapping[str, Declared]:
    return MappingProxyType(_logged)


def exemptions() -> Mapping[str, str]:
    """Tables that aren't logged, with the reason of each."""
    return MappingProxyType(_exempt)


def _refuse_twice(table: str) -> None:
    if table in _logged or table in _exempt:
        raise ValueError(f"{table} is declared already.")
