"""rotate_data_keys [SLUG]: a new data key for a tenant, or for everybody; what is stored is encrypted anew."""

from argparse import ArgumentParser
from collections.abc import Callable
from typing import Any

from keys.commands import KeysCommand
from keys.rotating import rotate_data_keys
from tenants.binding import CATALOG, bound_to
from tenants.commands import find_tenant_by_slug
from tenants.models import Tenant


class Command(KeysCommand):
    help = "Give a tenant, or everybody, a new data key and re-encrypt what is stored. Nobody is signed out."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "slug", nargs="?", help="one tenant's; --tenant says the same. Without: everybody's"
        )

    def work(self, say: Callable[[str], None], **options: Any) -> None:
        if options["slug"]:
            self._rotate(find_tenant_by_slug(options["slug"]), options["slug"], say)
            return
        with bound_to(CATALOG):
            tenants = [*Tenant.objects.with_database().select_related("server")]
        self._rotate(CATALOG, "the platform", say)
        for tenant in tenants:
            self._rotate(tenant, tenant.slug, say)

    @staticmethod
    def _rotate(target: Any, name: str, say: Callable[[str], None]) -> None:
        with bound_to(target):
            version, rows, row_keys = rotate_data_keys()
        say(f"{name}: version {version}, {rows} rows and {row_keys} row keys encrypted anew")
