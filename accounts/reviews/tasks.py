"""What beat asks for each day: to look whether a review comes due, at every tenant and with our own operators."""

import logging

from celery import shared_task

from accounts.reviews.reminding import remind
from tenants.binding import CATALOG, bound_to
from tenants.celery import UnboundTask
from tenants.models import Tenant, TenantState

logger = logging.getLogger(__name__)


@shared_task(base=UnboundTask)
def remind_reviewers() -> None:
    """One's trouble stops no other."""
    with bound_to(CATALOG):
        tenants = [*Tenant.objects.filter(state=TenantState.ACTIVE).select_related("server")]
    for target in (CATALOG, *tenants):
        try:
            with bound_to(target):
                remind()
        except Exception:
            logger.exception("The reviewers of %s couldn't be reminded.", target.place.alias)
