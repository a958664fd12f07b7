"""Holds, written down beside the copies: whoever rebuilds a lost catalog finds them again (decision 0072).

`holds/COPY/DIGEST.hold` is written and signed by the worker `backup`, which may add to the storage; the keeper takes
away what has ended. Why a copy is held stays in the catalog.
"""

import base64
import json
import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any
from uuid import UUID

from backups.exceptions import ObjectExists, ObjectMissing
from backups.manifests import is_signed, signed
from backups.models import Backup
from backups.storage import Store, open_store
from tenants.binding import CATALOG, bound_to

PREFIX = "holds/"
FORM = "amana hold 1"
NAME = re.compile(r"holds/([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})/[^/]+")
BIGGEST = 10_000


@dataclass(frozen=True)
class HoldNote:
    """`is_closed`: its customer was closed, so that its database is gone for good and not lost."""

    backup: UUID
    tenant: UUID | None
    until: datetime
    by: str
    is_closed: bool


def write_hold_notes() -> int:
    """Those that the storage lacks; how many. Unbound, where the writer's credential is. Raises StorageAway."""
    store = open_store("writer")
    there = {each.name for each in store.list(PREFIX)}
    missing = {name: content for name, content in map(_object_of, _held()) if name not in there}
    for name, content in missing.items():
        try:
            with store.write(name) as file:
                file.write(content)
        except ObjectExists:
            continue  # another worker was first
    return len(missing)


def end_hold_notes() -> int:
    """Remove those of holds that have ended, or say otherwise by now; how many. Unbound, for the keeper.

    What no row tells of is let be: perhaps it is the catalog that was lost. Raises StorageAway.
    """
    store, by_copy = open_store("keeper"), defaultdict(list)
    for copy, name in _notes(store):
        by_copy[copy].append(name)
    held = {str(note.backup): note for note in _held()}
    with bound_to(CATALOG):
        known = {str(pk) for pk in Backup.objects.filter(pk__in=[*by_copy]).values_list("pk", flat=True)}
    over = [name for copy in known for name in _over(store, by_copy[copy], held.get(copy))]
    for name in over:
        store.delete(name)
    return len(over)


def read_hold_notes(store: Store) -> dict[UUID, HoldNote]:
    """By copy, the newest of each; what was forged or altered is passed over."""
    notes = (_read(store, name) for _copy, name in _notes(store))
    return {note.backup: note for note in notes if note}


def _notes(store: Store) -> Iterator[tuple[str, str]]:
    """(copy, name), oldest first."""
    for each in sorted(store.list(PREFIX), key=lambda each: each.at):
        if named := NAME.fullmatch(each.name):
            yield named[1], each.name


def _held() -> list[HoldNote]:
    with bound_to(CATALOG):
        rows = [*Backup.objects.held().select_related("tenant").defer("manifest")]
    return [_note_of(row, row.hold_until) for row in rows if row.hold_until]


def _note_of(row: Backup, until: datetime) -> HoldNote:
    is_closed = row.tenant is not None and row.tenant.is_ending
    return HoldNote(row.pk, row.tenant_id, until, row.hold_by, is_closed)


def _object_of(note: HoldNote) -> tuple[str, bytes]:
    """Its name tells it from any other that was signed: a key that was replaced writes all of them anew."""
    content, signature = signed(_told(note))
    whole = base64.b64encode(signature) + b"\n" + content
    return f"{PREFIX}{note.backup}/{sha256(whole).hexdigest()[:16]}.hold", whole


def _told(note: HoldNote) -> dict[str, Any]:
    return {
        "form": FORM,
        "backup": str(note.backup),
        "tenant": str(note.tenant) if note.tenant else None,
        "until": note.until.isoformat(),
        "by": note.by,
        "is_closed": note.is_closed,
    }


def _over(store: Store, names: list[str], held: HoldNote | None) -> Iterator[str]:
    """All where it isn't held any more; else all but the newest that says what the catalog says, once there is one."""
    if held is None:
        yield from names
        return
    right = [name for name in names if _read(store, name) == held]
    if right:
        yield from (name for name in names if name != right[-1])


def _read(store: Store, name: str) -> HoldNote | None:
    try:
        with store.read(name) as file:
            signature, _, content = file.read(BIGGEST).partition(b"\n")
    except ObjectMissing:
        return None
    if not is_signed(content, signature):
        return None
    told = json.loads(content)
    if told.get("form") != FORM:
        return None
    tenant = UUID(told["tenant"]) if told["tenant"] else None
    until = datetime.fromisoformat(told["until"])
    return HoldNote(UUID(told["backup"]), tenant, until, told["by"], told["is_closed"])
