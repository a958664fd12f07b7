"""One stop of the walk."""

from dataclasses import dataclass

from tests.browser.walk.acting import Then


@dataclass(frozen=True)
class Visit:
    """One address and how it is answered. `then` does something there, and it is that which gets `status`."""

    name: str
    host: str
    path: str
    status: int = 200
    is_open: bool = False
    then: Then | None = None
