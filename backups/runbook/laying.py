"""Laying the runbook beside the copies, at the storage's root, for whoever finds nothing else."""

import hashlib
import logging
from functools import cache

from django.conf import settings

from backups.exceptions import ObjectExists, StorageAway
from backups.runbook.writing import as_text
from backups.storage import Store

logger = logging.getLogger(__name__)
NAME = "RUNBOOK.txt"


def lay_runbook(store: Store) -> None:
    """Once a process. Nothing is ever written over: a text that differs lies beside the first, named by its digest.

    A storage that is away now fails no copy: the next one brings it.
    """
    try:
        _lay(_Place(store, settings.AMANA_BACKUP_STORE), settings.AMANA_MANIFEST_PUBLIC_KEY)
    except StorageAway as trouble:
        logger.warning("The runbook couldn't be laid beside the copies: %s", trouble)


class _Place:
    """A storage by its address, so that a process remembers where it has been."""

    def __init__(self, store: Store, address: str) -> None:
        self.store, self.address = store, address

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Place) and other.address == self.address

    def __hash__(self) -> int:
        return hash(self.address)


@cache
def _lay(place: _Place, manifest_key: str) -> None:
    text = as_text(manifest_key).encode()
    for name in (NAME, f"RUNBOOK-{hashlib.sha256(text).hexdigest()[:8]}.txt"):
        try:
            with place.store.write(name) as file:
                file.write(text)
        except ObjectExists:
            continue
        return
