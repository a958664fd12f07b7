"""Writing all of a tenant's data into one archive, of one moment, however long it takes."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import IO, Any, cast

from activity.exporting import write_events
from backups.exporting.archive import Archive, archive_into
from backups.exporting.contents import Table, tables
from backups.exporting.describing import describe, readme
from backups.exporting.rows import write_csv, write_json
from backups.pipeline import BLOCK
from backups.tenant_files import Told, files_of, folder_of
from tenants.binding import bound_place
from tenants.one_moment import one_moment

Write = Callable[[IO[bytes]], Iterator[int]]


@dataclass
class Written:
    """How much is in it, for the page, the log and `contents.json`."""

    rows: dict[str, int] = field(default_factory=dict)
    files: Told = field(default_factory=Told)

    @property
    def records(self) -> int:
        return sum(number for name, number in self.rows.items() if name != "activity")


def write_everything(stream: IO[bytes], tenant: str, tell: Callable[[int], None]) -> Written:
    """All data of whoever is bound, into a zip; `tell` hears how many rows and blocks there were, and may raise.

    Must be called outside of a transaction: what is read is of one snapshot.
    """
    written = Written()
    work = Work(written, tell)
    with archive_into(stream) as archive, one_moment() as at:
        archive.add("README.txt", readme(tenant, at.isoformat(timespec="seconds")))
        found = tables()
        archive.add("fields.json", _json(describe(found)))
        for table in found:
            work.add_table(archive, table)
        for form in ("jsonl", "csv"):
            work.add(archive, "activity", f"activity.{form}", partial(write_events, form, {}))
        work.add_files(archive)
        archive.add("contents.json", _json(_contents(archive, written, at)))
    return written


@dataclass
class Work:
    """One archive on its way."""

    written: Written
    tell: Callable[[int], None]
    done: int = 0

    def add_table(self, archive: Archive, table: Table) -> None:
        self.add(archive, table.name, f"records/{table.name}.jsonl", lambda out: write_json(table, out))
        self.add(archive, table.name, f"records/{table.name}.csv", lambda out: write_csv(table, out))

    def add(self, archive: Archive, name: str, entry: str, write: Write) -> None:
        """Told after each chunk: it is there that somebody's wish to stop is heard."""
        with archive.entry(entry) as out:
            rows = 0
            for rows in write(cast(IO[bytes], out)):
                self.tell(self.done + rows)
            self.done += rows
        self.written.rows[name] = rows

    def add_files(self, archive: Archive) -> None:
        with archive.entry("files.tar") as out, files_of(folder_of(bound_place()), self.written.files) as tar:
            while data := tar.read(BLOCK):
                out.write(data)
                self.tell(self.done)


def _contents(archive: Archive, written: Written, at: datetime) -> dict[str, Any]:
    return {
        "form": "amana export 1",
        "as_of": at.isoformat(),
        "rows": written.rows,
        "files": written.files.as_dict(),
        "entries": archive.entries,
    }


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, indent=1) + "\n"
