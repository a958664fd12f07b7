"""What people start that takes long: known to every process, done by the worker that holds what it takes."""

from backups.restoring import background as restoring

__all__ = ["restoring"]
"""Jobs of backups, each registered beside what it does."""

import backups.recovery_keys.background  # noqa: F401
