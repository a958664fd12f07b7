"""Contacts as a spreadsheet: CSV (RFC 4180) in UTF-8 with a byte order mark, as every spreadsheet opens it."""

import csv
from codecs import BOM_UTF8
from collections.abc import Iterator
from io import TextIOWrapper
from typing import IO

from accounts.models import User
from business.contacts.masks import PERSONAL, fields_hidden_from, unmask
from business.contacts.models import Contact
from business.contacts.querysets import ContactQuerySet

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
# What a spreadsheet takes for a formula, full-width letters of Chinese input among it (OWASP, CSV injection).
FORMULA = tuple("=+-@\t\r\n＝＋－＠")


def write_contacts(contacts: ContactQuerySet, stream: IO[bytes], person: User) -> Iterator[int]:
    """Write a heading and a line a contact, by age; yields how many are written, now and then.

    Personal data is in it as far as `person` may see it: without its columns where they may see none.
    """
    stream.write(BOM_UTF8)
    text = TextIOWrapper(stream, encoding="utf-8", newline="", write_through=True)
    lines = csv.writer(text)
    columns = [name for name in COLUMNS if name not in fields_hidden_from(person)]
    lines.writerow(columns)
    written = 0
    for chunk in _chunks(contacts):
        lines.writerows(_line(contact, columns) for contact in unmask(chunk, person))
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


def _line(contact: Contact, columns: list[str]) -> list[str]:
    return [harmless(_cell(contact, column)) for column in columns]


def _cell(contact: Contact, column: str) -> str:
    if contact.is_masked and column in PERSONAL:
        return ""
    return _text(getattr(contact, column))


def _text(value: object) -> str:
    return "" if value is None else str(value)


def harmless(cell: str) -> str:
    """The cell as text: an apostrophe before what a spreadsheet would otherwise calculate."""
    return f"'{cell}" if cell.startswith(FORMULA) else cell
