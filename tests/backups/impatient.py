"""Settings of a worker of backups that is given up on within seconds, and tries again at once."""

import os
from pathlib import Path

from config import settings as product

globals().update({name: getattr(product, name) for name in dir(product) if name.isupper()})

AMANA_BACKUP_LEASE_SECONDS = 2.0
AMANA_BACKUP_RETRY_SECONDS = 0.1
AMANA_BACKUP_ATTEMPTS = 2
AMANA_BACKUP_SILENCE_SECONDS = 2.0
AMANA_JOB_LEASE_SECONDS = 2.0
AMANA_JOB_PATIENCE_SECONDS = 1.0
AMANA_DRILL_DIR = Path(os.environ.get("TEST_DRILL_DIR", product.AMANA_DRILL_DIR))
AMANA_RESTORE_DIR = Path(os.environ.get("TEST_RESTORE_DIR", product.AMANA_RESTORE_DIR))
