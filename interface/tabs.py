from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from django.utils.functional import _StrOrPromise


@dataclass(frozen=True)
class Tab:
    """A view with an address of its own; `count` is how many it shows, None where nobody counts."""

    label: "_StrOrPromise"
    href: str
    count: int | None = None
    current: bool = False
