"""Who hears of a drill that failed. Stands in for `backups.alarming.raising`, and is replaced by it."""

import logging

from tenants.models import Tenant

logger = logging.getLogger(__name__)


def raise_alarm(kind: str, tenant: Tenant | None, says: str) -> None:
    logger.error("Alarm %s of %s: %s", kind, tenant or "the catalog", says)


def close_alarms(kind: str, tenant: Tenant | None) -> None:
    logger.info("What %s said of %s is over.", kind, tenant or "the catalog")
