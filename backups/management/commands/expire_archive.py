"""expire_archive: end the archived copies whose last day has gone by, as `control` does each minute."""

from argparse import ArgumentParser
from collections.abc import Callable
from typing import Any

from backups.archiving.keeping import FEW, end_what_is_over
from tenants.commands import ControlCommand


class Command(ControlCommand):
    help = (
        "Remove the archived copies whose last day has gone by; more than ten at once only with --agree NUMBER. Exit"
        " code 1 where the storage is away, the clocks disagree, or they are more than you agree to."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--agree", type=int, default=FEW, metavar="NUMBER", help="you looked at them")

    def work(self, say: Callable[[str], None], **options: Any) -> None:
        say(f"{end_what_is_over(options['agree'])} removed.")
