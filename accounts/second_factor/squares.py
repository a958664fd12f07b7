"""QR codes as one path of SVG: no style attribute, no picture, nothing for the policy to refuse."""

from dataclasses import dataclass

import segno

QUIET = 4  # modules of nothing around it (ISO/IEC 18004)


@dataclass(frozen=True)
class Square:
    """`side` in modules; `path` draws a row of dark modules at a time."""

    side: int
    path: str


def square_of(text: str) -> Square:
    rows = [
        bytes(row)
        for row in segno.make(text, error="l", boost_error=False, micro=False).matrix_iter(border=QUIET)
    ]
    return Square(len(rows), "".join(_runs(number, row) for number, row in enumerate(rows)))


def _runs(number: int, row: bytes) -> str:
    path, start = "", 0
    while (start := row.find(1, start)) >= 0:
        end = next((place for place in range(start, len(row)) if not row[place]), len(row))
        path += f"M{start} {number}h{end - start}v1h-{end - start}z"
        start = end
    return path
