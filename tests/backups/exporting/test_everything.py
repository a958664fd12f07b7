"""An export holds every row of the customer's, as it stands in the database, and no secret."""

import csv
import hashlib
import io
import json
import shutil
import subprocess
import tarfile
import tracemalloc
from base64 import b64encode
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from uuid import UUID

import pyrage
import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import connection

from accounts.models import RecoveryCode, TotpDevice, User
from audit.reading import read
from backups.exporting.contents import LEFT_OUT, NO_SECRET, SECRET, tables
from backups.exporting.writing import write_everything
from business.contacts.models import Contact
from keys.shredding import shred_row
from tenants.binding import bound_to
from tenants.models import Tenant
from tests.backups.exporting.conftest import PURPOSE, Opened
from tests.keys.vault.models import Buyer, Credential

SCRIPTS = ("نخيل الرياض", "北京启明会展", '=HYPERLINK("http://evil.example")', "Dora “Q” Quill\n2")


@pytest.fixture
def filled(initech: Tenant) -> Iterator[Tenant]:
    with bound_to(initech):
        for name in SCRIPTS:
            Contact(name=name, phone="+966 11 000", email="dora@example.com").create(by=None)
        Credential.objects.create(label="bank", login="olivia", note=None, scopes={"a": [1]}, token=b"\0\1")
    yield initech
    with bound_to(initech):
        Contact.objects.all().delete()
        Credential.objects.all().delete()


def in_the_database(table: str, columns: list[str]) -> list[tuple[object, ...]]:
    """Read without any model of ours, by primary key."""
    listed = ", ".join(f'"{name}"' for name in columns)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {listed} FROM {table} ORDER BY 1")
        return [tuple(map(comparable, row)) for row in cursor.fetchall()]


def comparable(value: object) -> object:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, bytes | memoryview):
        return b64encode(bytes(value)).decode()
    return str(value) if isinstance(value, UUID | Decimal) else value


def test_every_row_of_every_table_is_in_it(filled: Tenant, export: Callable[[], Opened]) -> None:
    opened = export()

    with bound_to(filled):
        for table in tables():
            plain = [field.column for field in table.columns if not hasattr(field, "is_ciphertext")]
            plain.sort(key=lambda name: name != table.model._meta.pk.column)
            found = [tuple(comparable_json(row[name]) for name in plain) for row in opened.rows(table.name)]
            raw = [tuple(map(comparable_json, row)) for row in in_the_database(table.name, plain)]
            assert sorted(found, key=repr) == sorted(raw, key=repr), table.name
    names = [row["name"] for row in opened.rows("contacts_contact")]
    assert names == [*SCRIPTS]
    assert "owner@example.com" in [row["email"] for row in opened.rows("accounts_user")]


def comparable_json(value: object) -> object:
    """PostgreSQL's JSON comes as text where no model reads it."""
    if isinstance(value, str) and value[:1] in "[{" and value:
        return json.loads(value)
    return value


def test_what_is_encrypted_with_us_is_in_plain_in_it(filled: Tenant, export: Callable[[], Opened]) -> None:
    [row] = export().rows("vault_credential")

    assert (row["login"], row["note"], row["scopes"]) == ("olivia", None, {"a": [1]})
    assert "login_index" not in row
    assert "token" not in row  # nobody has said that it is no secret


def test_what_was_shredded_is_nothing(filled: Tenant, export: Callable[[], Opened]) -> None:
    with bound_to(filled):
        buyer = Buyer(name="Dora", phone="1")
        buyer.save()
        shred_row(buyer, "test", "asked for")

    [row] = export().rows("vault_buyer")

    assert (row["id"], row["name"], row["phone"]) == (str(buyer.pk), None, None)


def test_a_spreadsheet_calculates_nothing_of_it(filled: Tenant, export: Callable[[], Opened]) -> None:
    opened = export()

    lines = [*csv.DictReader(io.StringIO(opened.text("records/contacts_contact.csv"), newline=""))]

    assert [line["name"] for line in lines] == [SCRIPTS[0], SCRIPTS[1], f"'{SCRIPTS[2]}", SCRIPTS[3]]
    assert {line["phone"] for line in lines} == {"'+966 11 000"}
    assert {row["phone"] for row in opened.rows("contacts_contact")} == {"+966 11 000"}


def test_no_secret_is_in_it(filled: Tenant, export: Callable[[], Opened]) -> None:
    with bound_to(filled):
        olivia = User.objects.get(email="owner@example.com")
        device = TotpDevice.objects.create(user=olivia, name="phone", key="JBSWY3DPEHPK3PXP")
        code = RecoveryCode.objects.create(user=olivia, digest="d1" * 32)
        sessions = [*olivia.sessions.values_list("session_key", flat=True)]
    assert sessions

    opened = export()
    with bound_to(filled):
        device.delete()
        code.delete()

    secrets = [olivia.password, "JBSWY3DPEHPK3PXP", "d1" * 32, *sessions]
    for name in opened.zip.namelist():
        content = opened.zip.read(name).decode("utf-8", "replace")
        assert [each for each in secrets if each in content] == [], name
    assert "password" not in opened.rows("accounts_user")[0]
    assert {name.partition(".")[2] for name in LEFT_OUT} & {
        name.removeprefix("records/accounts_").removesuffix(".jsonl") for name in opened.zip.namelist()
    } == set()


def test_every_column_that_sounds_secret_was_decided_about() -> None:
    """By name in SECRET or NO_SECRET: else it is left out, and the customer misses it."""
    undecided = [
        f"{table.name}.{column}"
        for table in tables()
        for column, reason in table.left_out.items()
        if reason.startswith("Sounds like a secret")
    ]
    every = {
        f"{table.model._meta.label_lower}.{field.name}"
        for table in tables()
        for field in table.model._meta.concrete_fields
    }
    assert undecided == []
    assert SECRET.keys() | NO_SECRET <= every


def test_the_log_the_files_and_a_description_are_in_it(filled: Tenant, export: Callable[[], Opened]) -> None:
    with bound_to(filled):
        default_storage.save("badges/logo.svg", ContentFile(b"<svg/>"))

    opened = export()
    with bound_to(filled):
        default_storage.delete("badges/logo.svg")

    with tarfile.open(fileobj=io.BytesIO(opened.zip.read("files.tar"))) as tar:
        [logo] = tar.getmembers()
        content = tar.extractfile(logo)
        assert content
        assert (logo.name, content.read()) == ("badges/logo.svg", b"<svg/>")
    log = [json.loads(line) for line in opened.text("activity.jsonl").splitlines()]
    asked = next(line for line in log if line["action"] == "backups.data_export_asked")
    assert (asked["reason"], asked["name"]) == (PURPOSE, "Olivia")
    described = json.loads(opened.text("fields.json"))["tables"]
    assert described["contacts_contact"]["columns"]["company_id"]["refers_to"] == "contacts_contact"
    assert described["contacts_contact"]["columns"]["company_id"]["type"] == "UUID"
    assert described["accounts_user"]["left_out"] == {"password": "The hash of a password."}
    assert "password hashes" in opened.text("README.txt")


def test_it_says_what_it_holds(filled: Tenant, export: Callable[[], Opened]) -> None:
    opened = export()

    contents = json.loads(opened.text("contents.json"))

    assert {*opened.zip.namelist()} == {*contents["entries"], "contents.json"}
    for name, said in contents["entries"].items():
        content = opened.zip.read(name)
        assert (len(content), hashlib.sha256(content).hexdigest()) == (said["bytes"], said["sha256"])
    assert contents["rows"]["contacts_contact"] == len(SCRIPTS)
    with bound_to(filled):
        [made] = read(action="backups.data_exported", most=1)
        assert made.reason == PURPOSE
        assert made.details["rows"] == sum(
            number for name, number in contents["rows"].items() if name != "activity"
        )


def test_a_stranger_opens_it_with_age_and_unzip(
    filled: Tenant, export: Callable[[], Opened], identity: pyrage.x25519.Identity, tmp_path: Path
) -> None:
    (tmp_path / "export.zip.age").write_bytes(export().sealed)
    (tmp_path / "my.key").write_text(str(identity))
    age = shutil.which("age")
    assert age

    plain = subprocess.run(
        [age, "-d", "-i", "my.key", "export.zip.age"], cwd=tmp_path, capture_output=True, check=True
    ).stdout

    assert plain.startswith(b"PK\x03\x04")


def test_it_is_of_one_moment(filled: Tenant) -> None:
    """What is added while it is written isn't in one half of it and missing in the other."""
    out = io.BytesIO()
    added: list[int] = []

    def tell(_done: int) -> None:
        if not added:
            added.append(1)
            beside(filled)

    with bound_to(filled):
        written = write_everything(out, "Initech", tell)

        assert written.rows["contacts_contact"] == len(SCRIPTS)
        assert Contact.objects.count() == len(SCRIPTS) + 1


def beside(tenant: Tenant) -> None:
    """In another thread, with a connection of its own."""
    from concurrent.futures import ThreadPoolExecutor  # noqa: PLC0415

    from audit.context import acting  # noqa: PLC0415

    def add() -> None:
        with bound_to(tenant), acting("test"):
            Contact(name="Late").create(by=None)

    with ThreadPoolExecutor(1) as pool:
        pool.submit(add).result()


@pytest.mark.slow
def test_its_size_is_not_its_memory(initech: Tenant) -> None:
    class Nowhere(io.BytesIO):
        def write(self, data: object, /) -> int:
            return len(data)  # type: ignore[arg-type]

    with bound_to(initech):
        Contact.objects.bulk_create(Contact(name=f"Dora {n}", notes="x" * 4000) for n in range(3000))
        tracemalloc.start()
        try:
            written = write_everything(Nowhere(), "Initech", lambda _: None)
            peak = tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()
            Contact.objects.all().delete()

    assert written.rows["contacts_contact"] == 3000
    assert peak < 12_000_000  # the two files of contacts alone have 25 MB
