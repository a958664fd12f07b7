"""What people start that takes long: known to every process, done by the worker that holds what it takes."""

from backups.restoring import background as restoring

__all__ = ["restoring"]
