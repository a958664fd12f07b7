"""check_isolation: every wall of every tenant; drift is repaired, and what can't be is reported."""

import json
from argparse import ArgumentParser
from collections.abc import Callable
from typing import Any

from django.core.management.base import CommandError

from tenants.commands import ControlCommand
from tenants.isolation import check_fleet


class Command(ControlCommand):
    help = "Check the walls, ACLs and identity row of every tenant. Exit code 1 where one isn't held."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--no-repair", action="store_true", help="report drift and leave it")
        parser.add_argument("--json", action="store_true")

    def work(self, say: Callable[[str], None], **options: Any) -> None:
        findings = [*check_fleet(repair=not options["no_repair"])]
        if options["json"]:
            keys = ("subject", "wall", "outcome")
            say(json.dumps([{key: getattr(each, key) for key in keys} for each in findings], indent=2))
        else:
            for finding in findings:
                say(f"{finding.subject}: {finding.wall}: {finding.outcome}")
        broken = [finding for finding in findings if not finding.held]
        if broken:
            raise CommandError(f"{len(broken)} of {len(findings)} walls are not held.")
        if not options["json"]:
            say(f"All {len(findings)} walls are held.")
