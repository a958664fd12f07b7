"""messages: find the marked texts, bring the catalogues up to date, compile them; or only look for what is wrong."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError


class Command(BaseCommand):
    help = "Brings locale/ up to date with the texts marked for translation, and compiles it. Needs Babel, asks nobody."
    requires_system_checks: list[str] = []  # noqa: RUF012 - Django's own declaration

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--check", action="store_true", help="change nothing; fail where something is wrong"
        )

    def handle(self, *_: Any, **options: Any) -> None:
        findings = _checked() if options["check"] else _updated()
        for finding in findings:
            self.stdout.write(f"  {finding}")
        if findings:
            raise CommandError(f"{len(findings)} to mend in locale/.")
        self.stdout.write("Every text stands in every language.")


def _checked() -> list[str]:
    try:
        from config.translating.checking import findings  # noqa: PLC0415 - Babel is there for development only
    except ModuleNotFoundError as missing:
        raise CommandError(f"{missing}: ./test installs what development needs.") from missing
    return findings()


def _updated() -> list[str]:
    try:
        from config.translating.updating import update  # noqa: PLC0415 - Babel is there for development only
    except ModuleNotFoundError as missing:
        raise CommandError(f"{missing}: ./test installs what development needs.") from missing
    update()
    return _checked()
