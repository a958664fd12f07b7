"""A job's file as a spreadsheet: CSV (RFC 4180) in UTF-8 with a byte order mark, as every spreadsheet opens it."""

import csv
from codecs import BOM_UTF8
from collections.abc import Iterable, Iterator, Sequence
from io import TextIOWrapper
from typing import IO

# What a spreadsheet takes for a formula, full-width letters of Chinese input among it (OWASP, CSV injection).
FORMULA = tuple("=+-@\t\r\n＝＋－＠")


def write_lines(
    stream: IO[bytes], heading: Sequence[str], chunks: Iterable[Sequence[Sequence[object]]]
) -> Iterator[int]:
    """Write a heading, and the lines of one chunk after another; yields how many are written after each."""
    stream.write(BOM_UTF8)
    text = TextIOWrapper(stream, encoding="utf-8", newline="", write_through=True)
    lines = csv.writer(text)
    lines.writerow(heading)
    written = 0
    for chunk in chunks:
        lines.writerows([harmless(_text(cell)) for cell in line] for line in chunk)
        written += len(chunk)
        yield written
    text.detach()


def _text(value: object) -> str:
    return "" if value is None else str(value)


def harmless(cell: str) -> str:
    """The cell as text: an apostrophe before what a spreadsheet would otherwise calculate."""
    return f"'{cell}" if cell.startswith(FORMULA) else cell
