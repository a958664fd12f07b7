"""Where production's copies may lie: not where what they are copies of lies (AR-037)."""

from collections.abc import Iterator
from urllib.parse import parse_qs, urlsplit

HERE = {"localhost", "127.0.0.1", "::1", "0.0.0.0"}  # noqa: S104 - compared with, never listened on


def faults_of_store(store: str, *, is_remote: bool, databases: Iterator[str]) -> Iterator[str]:
    """Why production can't keep its copies there, a sentence each. `databases`: the URLs of its servers."""
    if not store:
        return
    parts = urlsplit(store)
    if parts.scheme == "file" and not is_remote:
        yield (
            "AMANA_BACKUP_STORE is a folder of this server: name an s3:// bucket, or say with"
            " AMANA_BACKUP_STORE_IS_REMOTE=1 that another machine's disk is mounted there"
        )
    elif parts.scheme == "s3":
        yield from _faults_of_bucket(store, {host_of(url) for url in databases})
    elif parts.scheme != "file":
        yield "AMANA_BACKUP_STORE must begin with s3:// or file://"


def _faults_of_bucket(store: str, databases: set[str]) -> Iterator[str]:
    """Without an endpoint it is Amazon's, and away from here."""
    endpoint = parse_qs(urlsplit(store).query).get("endpoint", [""])[0]
    host = host_of(endpoint)
    if not urlsplit(store).hostname:
        yield "AMANA_BACKUP_STORE names no bucket"
    if not endpoint:
        return
    if host in HERE or host.endswith(".localhost") or host.startswith("127.") or not host:
        yield f"AMANA_BACKUP_STORE is on this server ({host or 'no host'})"
    elif host in databases:
        yield f"AMANA_BACKUP_STORE is on the database's host ({host}): lost together, nothing is left"
    if urlsplit(endpoint).scheme != "https":
        yield "AMANA_BACKUP_STORE's endpoint must begin with https://"


def host_of(url: str) -> str:
    return (urlsplit(url).hostname or "").rstrip(".").lower()
