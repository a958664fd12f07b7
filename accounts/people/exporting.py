"""People as a spreadsheet, as the list shows them."""

from collections.abc import Iterator
from typing import IO

from accounts.managers import UserQuerySet
from accounts.people.listing import Row, row_of, with_all_that_is_told
from jobs.spreadsheets import write_lines

COLUMNS = (
    "id",
    "name",
    "email",
    "state",
    "roles",
    "second_factor",
    "joined_at",
    "last_sign_in_at",
    "language",
)
AT_ONCE = 500


def write_people(people: UserQuerySet, stream: IO[bytes]) -> Iterator[int]:
    """Write a heading and a line a person, by age; yields how many are written, now and then."""
    return write_lines(stream, COLUMNS, _chunks(people))


def _chunks(people: UserQuerySet) -> Iterator[list[list[object]]]:
    """By id, which never changes."""
    by_id = with_all_that_is_told(people).order_by("id")
    chunk = [*by_id[:AT_ONCE]]
    while chunk:
        yield [_line(row_of(person)) for person in chunk]
        chunk = [*by_id.filter(id__gt=chunk[-1].id)[:AT_ONCE]]


def _line(row: Row) -> list[object]:
    """In the words that are kept, which are the same in every language."""
    person = row.person
    roles = "; ".join(f"{held.role.name} ({held.scope})" for held in row.roles)
    factor = "yes" if row.has_factor else "no"
    return [
        *(person.pk, person.name, person.email, row.state.value, roles, factor),
        *(person.joined_at, person.last_login, person.language),
    ]
