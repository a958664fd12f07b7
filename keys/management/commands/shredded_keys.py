"""shredded_keys [SLUG]: the certificates of what was destroyed."""

import json
from argparse import ArgumentParser
from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from keys.certificates import Certificate, certificates
from keys.commands import KeysCommand
from tenants.binding import CATALOG, bound_to
from tenants.models import Tenant


class Command(KeysCommand):
    help = "List what was destroyed: by whom, why, when the last copy ends, and whether the certificate is genuine."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("slug", nargs="?", help="one tenant's, also a closed one's")
        parser.add_argument("--json", action="store_true", help="a list of objects")

    def work(self, say: Callable[[str], None], **options: Any) -> None:
        with bound_to(CATALOG):
            tenants = Tenant.objects.select_related("server")
            chosen = [*(tenants.filter(slug=options["slug"]) if options["slug"] else tenants)]
        found = [certificate for tenant in chosen for certificate in _of(tenant)]
        if options["json"]:
            say(json.dumps([_row(each) for each in found], indent=2, default=str))
            return
        for each in found:
            say(f"{each}{'' if each.is_genuine else ' THE SIGNATURE IS FALSE.'}")


def _of(tenant: Tenant) -> list[Certificate]:
    with bound_to(tenant):
        return certificates()


def _row(certificate: Certificate) -> dict[str, Any]:
    return asdict(certificate) | {
        "signature": certificate.signature.hex(),
        "genuine": certificate.is_genuine,
    }
