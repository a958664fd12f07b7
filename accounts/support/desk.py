"""The platform's side of a visit, which is above: it is told what became of it, and keeps the tickets."""

from functools import cache
from typing import Protocol, cast
from uuid import UUID

from django.conf import settings
from django.utils.module_loading import import_string

from accounts.models import OwnerRecovery, SupportGrant


class Desk(Protocol):
    def hear_of(self, grant: SupportGrant) -> None:
        """A grant has changed at the tenant that is bound; noted in the catalog at once."""

    def use_ticket(self, grant_id: UUID, digest: str) -> bool:
        """Whether this ticket was given out for the bound tenant less than 60 seconds ago; it is used up now."""

    def hear_of_recovery(self, recovery: OwnerRecovery) -> None:
        """Somebody of the bound tenant's said no."""

    def finish_recovery(self, pk: UUID) -> None:
        """Raises RecoveryRefused where an operator has said no meanwhile."""


@cache
def desk() -> Desk:
    return cast("Desk", import_string(settings.AMANA_SUPPORT_DESK)())
