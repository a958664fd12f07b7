"""Who acts in a task and in a command (settings.AMANA_ATTRIBUTION)."""

from contextlib import AbstractContextManager
from dataclasses import asdict
from typing import Any

from audit.context import Acting, acting, acting_like, acting_now, is_anyone_acting


def packed() -> dict[str, str] | None:
    """Who acts now, to travel with a task that is sent; None where nobody does, as in beat."""
    return asdict(acting_now()) if is_anyone_acting() else None


def of_task(name: str, packed: dict[str, Any] | None) -> AbstractContextManager[None]:
    """A task acts for whoever sent it; beat's act for themselves."""
    return acting_like(Acting(**packed)) if packed else acting(f"system:{name}")


def of_command(name: str) -> AbstractContextManager[None]:
    return acting(f"command:{name}")
