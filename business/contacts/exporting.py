"""Contacts as a spreadsheet."""

from collections.abc import Iterator
from typing import IO

from accounts.models import User
from business.contacts.masks import PERSONAL, fields_hidden_from, unmask
from business.contacts.models import Contact
from business.contacts.querysets import ContactQuerySet
from jobs.spreadsheets import write_lines

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


def write_contacts(contacts: ContactQuerySet, stream: IO[bytes], person: User) -> Iterator[int]:
    """Write a heading and a line a contact, by age; yields how many are written, now and then.

    Personal data is in it as far as `person` may see it: without its columns where they may see none.
    """
    columns = [name for name in COLUMNS if name not in fields_hidden_from(person)]
    lines = ([_line(contact, columns) for contact in unmask(chunk, person)] for chunk in _chunks(contacts))
    return write_lines(stream, columns, lines)


def _chunks(contacts: ContactQuerySet) -> Iterator[list[Contact]]:
    """By id, which never changes: who is there all the time is met once, whatever is renamed meanwhile."""
    by_id = contacts.order_by("id")
    chunk = [*by_id[:AT_ONCE]]
    while chunk:
        yield chunk
        chunk = [*by_id.filter(id__gt=chunk[-1].id)[:AT_ONCE]]


def _line(contact: Contact, columns: list[str]) -> list[object]:
    return [_cell(contact, column) for column in columns]


def _cell(contact: Contact, column: str) -> object:
    return "" if contact.is_masked and column in PERSONAL else getattr(contact, column)
