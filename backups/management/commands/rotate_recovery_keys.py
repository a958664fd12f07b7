"""rotate_recovery_keys [SLUG | --recipients]: a new key for a tenant's copies, or new keys that all are wrapped for."""

from argparse import ArgumentParser
from collections.abc import Callable
from typing import Any

from django.core.management.base import CommandError

from backups.commands import BackupsCommand
from backups.models import RecoveryKey
from backups.recovery_keys.following import rewrap_and_follow
from backups.recovery_keys.rotating import rotate_tenant_key
from tenants.binding import CATALOG, bound_to
from tenants.commands import CONTRADICTION, find_tenant_by_slug
from tenants.endings import NOT_CARRIED_OUT
from tenants.models import Tenant


class Command(BackupsCommand):
    help = "Give a tenant, the catalog or everybody a new recovery key; copies from before stay openable."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "slug", nargs="?", help="one tenant's; --tenant says the same. Without: everybody's"
        )
        parser.add_argument(
            "--only-catalog", action="store_true", help="the catalog's; --catalog says the same"
        )
        parser.add_argument(
            "--recipients", action="store_true", help="make no new key: wrap all for today's recipients"
        )

    def work(self, say: Callable[[str], None], **options: Any) -> None:
        if len([name for name in ("slug", "only_catalog", "recipients") if options[name]]) > 1:
            raise CommandError(CONTRADICTION, returncode=NOT_CARRIED_OUT)
        if options["recipients"]:
            rewrap_and_follow(say)
            return
        for tenant in self._chosen(options):
            with bound_to(CATALOG):
                self._say(rotate_tenant_key(tenant), say)

    @staticmethod
    def _chosen(options: dict[str, Any]) -> list[Tenant | None]:
        if options["slug"]:
            return [find_tenant_by_slug(options["slug"])]
        if options["only_catalog"]:
            return [None]
        with bound_to(CATALOG):
            return [None, *Tenant.objects.with_database()]

    @staticmethod
    def _say(key: RecoveryKey, say: Callable[[str], None]) -> None:
        say(f"{key.owner}: version {key.version} encrypts from now on ({key.recipient})")
