"""Everybody concerned hears that an archived copy is to be taken out, while it can still be stopped."""

import logging

from django.conf import settings
from django.db import DatabaseError
from django.urls import reverse
from django.utils import timezone

from accounts.letters.sending import send_letter
from accounts.support.asking import people_who_may
from backups.models import Retrieval
from backups.persons import shown
from tenants.binding import CATALOG, bound_to
from tenants.exceptions import TenancyError

logger = logging.getLogger(__name__)
PAGE = "archive:archive-detail"
AT_OPERATORS = "platform.archive:view"
AT_THE_TENANT = "backups.data_export:create"  # who may take everything out themselves


def tell_what_is_agreed_to() -> int:
    """Of each retrieval once, unbound; before that it doesn't leave. Cut off in the middle, it is told again."""
    with bound_to(CATALOG):
        untold = Retrieval.objects.filter(state=Retrieval.State.APPROVED, told_at=None)
        found = [*untold.select_related("archived__tenant__server")]
    for retrieval in found:
        _tell(retrieval)
    return len(found)


def _tell(retrieval: Retrieval) -> None:
    """Operators who see the archive, and at the tenant, while there is one, whoever may export all of its data."""
    _tell_tenant(retrieval)
    with bound_to(CATALOG):
        _write(AT_OPERATORS, retrieval, reverse(PAGE, settings.OPERATOR_URLCONF, [retrieval.archived_id]))
        Retrieval.objects.filter(pk=retrieval.pk).update(told_at=timezone.now())


def _tell_tenant(retrieval: Retrieval) -> None:
    tenant = retrieval.archived.tenant
    if tenant.is_ending:
        return
    try:
        with bound_to(tenant):
            _write(AT_THE_TENANT, retrieval, "")
    except (TenancyError, DatabaseError):
        logger.exception("Nobody at %s hears that its archived copy is to be taken out.", tenant.slug)


def _write(code: str, retrieval: Retrieval, path: str) -> None:
    """One letter each; `path`: of the page where they can stop it, if they can."""
    for person in people_who_may(code):
        send_letter(
            person,
            "archive-leaves",
            tenant=retrieval.archived.tenant.name,
            reason=retrieval.reason,
            asked_by=shown(retrieval.requested_by),
            agreed_by=shown(retrieval.decided_by),
            opens_at=f"{retrieval.earliest:%Y-%m-%d %H:%M} UTC",
            path=path,
        )
