"""A password as characters, before it is hashed."""

import unicodedata

LONGEST = 1000  # characters; Argon2 reads all of them, so that somebody's megabytes would keep a process busy


def one_form(password: str) -> str:
    """The same password, whichever keyboard or system it was typed on (NFKC, NIST SP 800-63B-4, 3.1.1.2)."""
    return unicodedata.normalize("NFKC", password)
