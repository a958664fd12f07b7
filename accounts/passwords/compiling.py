"""python -m accounts.passwords.compiling: writes common.txt.gz from its sources, the same bytes each time.

Sources: `common.txt` beside this file (ours), and the list that comes with Django.
"""

import gzip
import re
from collections.abc import Iterator
from pathlib import Path

from django.contrib.auth.password_validation import CommonPasswordValidator

from accounts.passwords.common import FILE
from accounts.passwords.text import one_form

OURS = Path(__file__).with_name("common.txt")
BROKEN = re.compile("пї|&#")  # decoded wrongly before it came into Django's list


def lines() -> Iterator[str]:
    """Ours first: the order says what is most common."""
    yield from OURS.read_text(encoding="utf-8").splitlines()
    with gzip.open(CommonPasswordValidator().DEFAULT_PASSWORD_LIST_PATH, "rt", encoding="utf-8") as file:
        yield from (line for line in file.read().splitlines() if not BROKEN.search(line))


def compile_list() -> bytes:
    folded = (one_form(line).strip().casefold() for line in lines() if not line.startswith("# "))
    kept = dict.fromkeys(line for line in folded if len(line) >= 3)
    return gzip.compress("".join(f"{line}\n" for line in kept).encode(), mtime=0)


if __name__ == "__main__":
    FILE.write_bytes(compile_list())
