"""What a test asks of the platform's log."""

from tenants.binding import CATALOG
from tests.audit.looking import newest, security_events


def recorded(kind: str, since: int = 0) -> list[tuple[str, str]]:
    """(outcome, sentence) of each, oldest first."""
    return [(each.outcome, each.sentence) for each in security_events(CATALOG, since) if each.action == kind]


def now() -> int:
    """To tell later what was recorded since."""
    return newest(CATALOG)
