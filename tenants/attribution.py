"""Who is named as acting where no request says so; the activity log, which is above, knows how (AMANA_ATTRIBUTION)."""

from contextlib import AbstractContextManager
from importlib import import_module
from typing import Any, Protocol, cast

from django.conf import settings


class Attribution(Protocol):
    def packed(self) -> Any:
        """Who acts now, as JSON that travels with a task."""

    def of_task(self, name: str, packed: Any) -> AbstractContextManager[None]: ...

    def of_command(self, name: str) -> AbstractContextManager[None]: ...


def attribution() -> Attribution:
    return cast(Attribution, import_module(settings.AMANA_ATTRIBUTION))
