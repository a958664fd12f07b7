"""Whose disk a folder lies on: what is kept for the loss of this machine lies on another's, mounted here."""

from pathlib import Path

from django.conf import settings


def is_on_our_disk(folder: Path) -> bool:
    """By its device: the system's disk and our own files' aren't another machine's. Raises OSError."""
    ours = {Path(each).stat().st_dev for each in ("/", settings.AMANA_VAR)}
    return folder.stat().st_dev in ours
