"""The fingerprint of what a dump holds: counted off the script that pg_restore makes of it.

Only the standard library, since a small program of its own does it (`python -m backups.fingerprints`).
"""

import re
from collections.abc import Iterable
from itertools import takewhile

from backups.fingerprints.digests import Digest, Fingerprint

NAME = rb'("(?:[^"]|"")+"|[^ ."]+)'
COPY = re.compile(rb"COPY %b\.%b .*FROM stdin;\n" % (NAME, NAME))
END = b"\\.\n"


def fingerprint_of_script(lines: Iterable[bytes]) -> Fingerprint:
    """{"schema.table": {"rows", "digest"}} of each COPY in it; sequences aren't told."""
    found: Fingerprint = {}
    left = iter(lines)
    for line in left:
        if begins := COPY.fullmatch(line):
            digest = Digest()
            digest.add(takewhile(END.__ne__, left))
            found[".".join(map(_unquoted, begins.groups()))] = digest.as_dict()
    return found


def _unquoted(name: bytes) -> str:
    text = name.decode()
    return text[1:-1].replace('""', '"') if text.startswith('"') else text
