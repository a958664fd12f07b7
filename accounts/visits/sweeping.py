"""What visits leave behind: sessions past their time, and browsers that nobody came back with; swept each night."""

import logging
from datetime import timedelta

from django.utils import timezone

from accounts.models import KnownBrowser, Session
from accounts.visits.browsers import KEPT_FOR
from tenants.binding import CATALOG, Bindable, bound_to
from tenants.models import Tenant

logger = logging.getLogger(__name__)
# Whose browser comes back within a day is told why it is signed out. No policy lets anybody be silent for longer.
TOLD_FOR = timedelta(days=1)


def sweep() -> None:
    """The catalog and every tenant that is served; one's trouble stops no other. Must be called unbound."""
    with bound_to(CATALOG):
        tenants = [*Tenant.objects.filter(state="active").select_related("server")]
    for target in (CATALOG, *tenants):
        try:
            sweep_one(target)
        except Exception:
            logger.exception("The visits of %s couldn't be swept.", target.place.alias)


def sweep_one(target: Bindable) -> None:
    now = timezone.now()
    with bound_to(target):
        silent = Session.objects.with_terms().filter(last_seen_at__lt=now - TOLD_FOR)
        for session in silent.select_related("user"):
            if why := session.over():
                session.end(why)
        Session.objects.filter(expire_date__lt=now).delete()
        KnownBrowser.objects.filter(last_seen_at__lt=now - KEPT_FOR).delete()
