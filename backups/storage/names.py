"""What an object may be called."""

import re

from backups.exceptions import ObjectMissing

PARTIAL = ".partial"
NAME = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9._-]*(/[A-Za-z0-9_-][A-Za-z0-9._-]*)*")


def checked(name: str) -> str:
    """The name, which leads nowhere but down. Raises ObjectMissing: there is none of another name."""
    if not NAME.fullmatch(name) or len(name) > 500 or name.endswith(PARTIAL):
        raise ObjectMissing(f"{name} isn't a name in the storage.")
    return name
