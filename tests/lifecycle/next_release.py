"""Settings of the release after this one: tenants get one more app, and with it a migration."""

import os

from config import settings as today

globals().update({name: getattr(today, name) for name in dir(today) if name.isupper()})

LEDGER = "tests.lifecycle.ledger"
INSTALLED_APPS = [*today.INSTALLED_APPS, LEDGER]
TENANT_APPS = [*today.TENANT_APPS, LEDGER]
TENANT_LABELS = {*today.TENANT_LABELS, "ledger"}
AMANA_MIGRATION_LOCK_TIMEOUT = os.environ.get("NEXT_RELEASE_LOCK_TIMEOUT", "300ms")
