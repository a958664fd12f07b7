"""Copies lie apart from every server that tenants live on. Those of the environment are compared as a process starts; a
fleet's further ones are rows, compared by `prepare` and before a tenant is set up on one.
"""

from urllib.parse import parse_qs, urlsplit

from django.conf import settings

from backups.exceptions import BackupRefused
from tenants.models import Server


def refuse_shared_host(*servers: Server) -> None:
    """Raises BackupRefused in production where the bucket is on the host of one of them: lost together, all is lost."""
    store = host_of_store()
    for server in servers:
        if settings.ENVIRONMENT.is_production and store and store in _hosts_of(server):
            raise BackupRefused(
                f"AMANA_BACKUP_STORE is on the host of the database server {server} ({store}): lost together,"
                " nothing is left. Name another bucket, or let no tenant live there."
            )


def host_of_store() -> str:
    """Empty for a folder, and for a bucket of Amazon's own."""
    endpoint = parse_qs(urlsplit(settings.AMANA_BACKUP_STORE).query).get("endpoint", [""])[0]
    return _plain(urlsplit(endpoint).hostname or "")


def _hosts_of(server: Server) -> set[str]:
    """libpq takes several, with commas between."""
    return {_plain(each) for each in server.host.split(",")}


def _plain(host: str) -> str:
    return host.strip().strip("[]").rstrip(".").lower()
