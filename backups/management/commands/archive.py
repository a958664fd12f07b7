"""archive --tenant SLUG --reason WHY --until DATE: an archived copy of all of a tenant's data, as a law demands."""

import json
import sys
from argparse import ArgumentParser
from contextvars import copy_context
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand

from backups.archiving.asking import Wish, archive
from backups.archiving.following import as_json, follow, in_words
from backups.at_a_shell import as_operator
from backups.exceptions import BackupError
from backups.models import ArchivedCopy
from tenants.binding import CATALOG, bound_tenant, bound_to, is_bound, unbind
from tenants.models import Tenant

FAILED, REFUSED, WAITS = 1, 2, 3
MAY = "platform.archive:create"
NOBODY = "Say whose: --tenant SLUG."


class Command(BaseCommand):
    help = (
        "Archive all data of a tenant, sealed for the two offline recovery keys alone, and kept until a day that nobody"
        " can bring forward. Give --tenant SLUG, --reason, --until, and --as EMAIL, an operator who may, with the code"
        " that their app shows now. Exit code 0: it is stored; 1: it failed; 2: refused; 3: it waits for a worker."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--reason", required=True, help="which law demands it")
        parser.add_argument("--until", required=True, type=date.fromisoformat, metavar="YYYY-MM-DD")
        parser.add_argument(
            "--as", dest="email", required=True, metavar="EMAIL", help="the operator who does it"
        )
        parser.add_argument("--code", default="", help="what their app shows now; else it is asked for")
        parser.add_argument("--json", action="store_true", help="progress on standard error, the end as JSON")

    def handle(self, *_: Any, **options: Any) -> None:
        tenant = bound_tenant() if is_bound() else None
        if code := copy_context().run(self._do, tenant, **options):
            sys.exit(code)

    def _do(self, tenant: Tenant | None, **options: Any) -> int:
        unbind()
        try:
            if tenant is None:
                raise BackupError(NOBODY)
            by = as_operator(options["email"], options["code"], MAY)
            with bound_to(CATALOG):
                copy = archive(tenant, Wish(options["reason"], options["until"]), by)
        except BackupError as refusal:
            self.stderr.write(f"archive: {refusal}")
            return REFUSED
        ended = follow(copy.pk, self.stderr.write if options["json"] else self.stdout.write)
        if options["json"]:
            self.stdout.write(json.dumps(as_json(ended), indent=2))
        else:
            self.stdout.write(in_words(ended))
        return {ArchivedCopy.State.DONE: 0, ArchivedCopy.State.FAILED: FAILED}.get(ended.state, WAITS)  # type: ignore[call-overload,no-any-return]
