"""Commands about keys: carried out where the credentials are, with refusals as one sentence."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.core.management.base import CommandError

from keys.exceptions import KeysError
from tenants.commands import FleetCommand
from tenants.endings import NOT_CARRIED_OUT


class KeysCommand(FleetCommand):
    """`--tenant SLUG` chooses whose keys."""

    def handle(self, *args: Any, **options: Any) -> None:
        with in_a_sentence():
            super().handle(*args, **options)


@contextmanager
def in_a_sentence() -> Iterator[None]:
    try:
        yield
    except KeysError as error:
        raise CommandError(str(error), returncode=NOT_CARRIED_OUT) from error
