"""The kinds of jobs that copies have, registered by being imported."""

from backups.exporting.making import EXPORT

__all__ = ["EXPORT"]
