"""What people start that takes long: known to every process, done by the worker that holds what it takes."""

from backups.exporting import background as exporting
from backups.keeping import background as keeping
from backups.recovery_keys import background as recovery_keys
from backups.restoring import background as restoring

__all__ = ["exporting", "keeping", "recovery_keys", "restoring"]
