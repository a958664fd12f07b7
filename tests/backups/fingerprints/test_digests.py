"""A fingerprint is what it is said to be: anybody can calculate it again from the lines of COPY."""

import hashlib
from io import BytesIO

import pytest

from backups.fingerprints.digests import Digest, differences
from backups.fingerprints.dumps import fingerprint_of_script

SCRIPT = rb"""--
-- PostgreSQL database dump
--

\restrict abc
SET client_encoding = 'UTF8';

COPY public.contacts_contact (id, name) FROM stdin;
1	COPY public.secret (id) FROM stdin;
2	\\.
3	\N
\.


COPY public."Odd ""name"".x" (id) FROM stdin;
\.


COPY public.none  FROM stdin;


\.


SELECT pg_catalog.setval('public.numbers', 7, true);
"""


def digest_of(*lines: bytes) -> str:
    return f"{sum(int.from_bytes(hashlib.sha256(line).digest()) for line in lines) % 2**256:064x}"


def test_a_digest_is_the_sum_of_the_hashes_of_the_lines() -> None:
    assert fingerprint_of_script(BytesIO(SCRIPT)) == {
        "public.contacts_contact": {
            "rows": 3,
            "digest": digest_of(b"1\tCOPY public.secret (id) FROM stdin;\n", b"2\t\\\\.\n", b"3\t\\N\n"),
        },
        'public.Odd "name".x': {"rows": 0, "digest": "0" * 64},
        "public.none": {"rows": 2, "digest": digest_of(b"\n", b"\n")},
    }


def test_the_order_of_rows_does_not_matter_and_one_byte_does() -> None:
    rows = [b"%d\tDora\n" % number for number in range(1700)]
    one, turned, other = Digest(), Digest(), Digest()
    one.add(rows)
    turned.add(reversed(rows))
    other.add([*rows[:-1], b"1699\tDorb\n"])

    assert one.as_dict() == turned.as_dict() == {"rows": 1700, "digest": digest_of(*rows)}
    assert other.as_dict() == {"rows": 1700, "digest": digest_of(*rows[:-1], b"1699\tDorb\n")}
    assert other.as_dict() != one.as_dict()


@pytest.mark.parametrize(
    ("expected", "found", "says"),
    [
        ({"rows": 1, "digest": "a"}, None, "public.t is missing"),
        (None, {"rows": 1, "digest": "a"}, "public.t is there and shouldn't be"),
        ({"rows": 1, "digest": "a"}, {"rows": 2, "digest": "a"}, "public.t has 2 rows and not 1"),
        (
            {"rows": 1, "digest": "a"},
            {"rows": 1, "digest": "b"},
            "public.t has as many rows, and other content",
        ),
        (
            {"value": 1, "called": True},
            {"value": 1, "called": True} | {"value": 4},
            "public.t stands at 4 and not at 1",
        ),
        ({"rows": 1, "digest": "a"}, {"rows": 1, "digest": "a"}, None),
    ],
)
def test_a_difference_is_named(
    expected: dict[str, object] | None, found: dict[str, object] | None, says: str | None
) -> None:
    one, other = ({"public.t": said} if said else {} for said in (expected, found))
    assert [*differences(one, other)] == ([says] if says else [])
