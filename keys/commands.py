"""Commands about keys: carried out where the credentials are, with refusals as one sentence."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import Context
from typing import Any

from django.core.management.base import CommandError

from audit.context import Acting, acting_like, acting_now
from keys.exceptions import KeysError
from tenants.binding import bound_tenant, is_bound
from tenants.commands import ControlCommand


class KeysCommand(ControlCommand):
    """`--tenant SLUG` chooses whose keys; the work itself is bound again by whoever carries it out."""

    def handle(self, *args: Any, **options: Any) -> None:
        if is_bound() and bound_tenant() is not None:
            options["slug"] = bound_tenant().slug
        Context().run(self._handle_unbound, acting_now(), *args, **options)

    def _handle_unbound(self, acting: Acting, *args: Any, **options: Any) -> None:
        with acting_like(acting), in_a_sentence():
            super().handle(*args, **options)

    def work(self, say: Callable[[str], None], **options: Any) -> None:
        raise NotImplementedError


@contextmanager
def in_a_sentence() -> Iterator[None]:
    try:
        yield
    except KeysError as error:
        raise CommandError(str(error)) from error
