"""Settings of a backup worker that is given up on within seconds, and tries again at once."""

from config import settings as product

globals().update({name: getattr(product, name) for name in dir(product) if name.isupper()})

AMANA_BACKUP_LEASE_SECONDS = 2.0
AMANA_BACKUP_RETRY_SECONDS = 0.1
AMANA_BACKUP_ATTEMPTS = 2
AMANA_BACKUP_SILENCE_SECONDS = 2.0
