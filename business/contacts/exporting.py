"""Contacts as a spreadsheet: CSV (RFC 4180) in UTF-8 with a byte order mark, as every spreadsheet opens it."""

import csv
from codecs import BOM_UTF8
from collections.abc import Iterator
from io import TextIOWrapper
from typing import IO

from business.contacts.models import Contact
from business.contacts.querysets import ContactQuerySet
from interface.spreadsheets import harmless

COLUMNS = (
    "id",
    "kind",
    "name",
    "company",
    "email",
    "phone",
    "address",
    "city",
    "country",
    "tax_id",
    "language",
    "notes",
    "created_at",
    "updated_at",
    "archived_at",
)
AT_ONCE = 500


def write_contacts(contacts: ContactQuerySet, stream: IO[bytes]) -> Iterator[int]:
    """Write a heading and a line a contact, by age; yields how many are written, now and then."""
    stream.write(BOM_UTF8)
    text = TextIOWrapper(stream, encoding="utf-8", newline="", write_through=True)
    lines = csv.writer(text)
    lines.writerow(COLUMNS)
    written = 0
    for chunk in _chunks(contacts):
        lines.writerows(_line(contact) for contact in chunk)
        written += len(chunk)
        yield written
    text.detach()


def _chunks(contacts: ContactQuerySet) -> Iterator[list[Contact]]:
    """By id, which never changes: who is there all the time is met once, whatever is renamed meanwhile."""
    by_id = contacts.order_by("id")
    chunk = [*by_id[:AT_ONCE]]
    while chunk:
        yield chunk
        chunk = [*by_id.filter(id__gt=chunk[-1].id)[:AT_ONCE]]


def _line(contact: Contact) -> list[str]:
    return [harmless(_text(getattr(contact, column))) for column in COLUMNS]


def _text(value: object) -> str:
    return "" if value is None else str(value)
