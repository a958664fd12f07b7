"""The matrix as a spreadsheet: CSV (RFC 4180) in UTF-8 with a byte order mark, as every spreadsheet opens it."""

import csv
from codecs import BOM_UTF8
from io import StringIO

from django.utils.translation import gettext

from accounts.roles.matrix import Matrix
from jobs.spreadsheets import harmless


def csv_of(matrix: Matrix) -> bytes:
    """A line a permission: its area, its code, its words, why it weighs more, and of each role an x or nothing."""
    text = StringIO(newline="")
    lines = csv.writer(text)
    heads = [gettext("Area"), gettext("Permission"), gettext("In words"), gettext("Risk")]
    lines.writerow([*heads, *(harmless(column.label) for column in matrix.columns)])
    for resource, of_resource in matrix.groups:
        for line in of_resource:
            each = line.permission
            said = (str(resource.area.label), each.code, each.label, line.risk)
            lines.writerow([*map(harmless, said), *("x" if held else "" for held in line.cells)])
    return BOM_UTF8 + text.getvalue().encode()
