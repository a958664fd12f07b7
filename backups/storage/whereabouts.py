"""Whether the storage would outlive this machine."""

from urllib.parse import parse_qs, urlsplit

from django.conf import settings

HERE = {"localhost", "127.0.0.1", "::1", "0.0.0.0"}  # noqa: S104 - compared with, never listened on


def is_off_the_machine() -> bool:
    """A folder only where it is said to be another machine's disk; a bucket unless its server runs here."""
    parts = urlsplit(settings.AMANA_BACKUP_STORE)
    if parts.scheme == "file":
        return bool(settings.AMANA_BACKUP_STORE_IS_REMOTE)
    if parts.scheme != "s3":
        return False
    [endpoint] = parse_qs(parts.query).get("endpoint", [""])
    host = urlsplit(endpoint).hostname or ""
    return not endpoint or not (host in HERE or host.startswith("127.") or host.endswith(".localhost"))
