"""The trail of a tenant as its page tells it."""

from datetime import date

from django.utils.text import capfirst
from django.utils.translation import gettext

from interface.timelines import Told, by_day
from tenants.models import Tenant, TenantEvent

LONGEST = 100
ICONS = {
    "provision requested": "circle-plus",
    "published": "globe",
    "suspended": "pause",
    "resumed": "play",
    "given notice": "log-out",
    "close requested": "circle-minus",
    "closed": "lock",
}


def trail_of(tenant: Tenant) -> list[tuple[date, list[Told]]]:
    """What was done to it last, by day."""
    return by_day(_told(event) for event in tenant.events.all()[:LONGEST])


def _told(event: TenantEvent) -> Told:
    details = [(capfirst(gettext(name)), str(value)) for name, value in event.details.items()]
    icon = ICONS.get(event.verb, "circle-dot")
    return Told(event.at, event.actor, capfirst(gettext(event.verb)), icon, details)
