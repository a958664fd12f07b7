"""What went by in the dump is what the database says, whatever is in it; and a dump that isn't all is refused."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from pytest_django import Settings

from backups.exceptions import DumpFailed
from backups.fingerprints.beside import beside
from backups.fingerprints.databases import fingerprint, rows_counted
from backups.programs import program
from backups.snapshots import dump_of, snapshot_of
from backups.storage.folder import Folder
from backups.taking import take
from business.contacts.models import Contact
from tenants.binding import bound_to
from tenants.models import Tenant
from tests.backups.conftest import claimed
from tests.backups.faults.conftest import manifests
from tests.lifecycle.looking import superuser
from tests.support import fleet

ODD = """
    CREATE TABLE public."Odd ""name"".x" (
        id int, gone text, words text, at timestamptz, took interval, bytes bytea, number float8, money numeric,
        more jsonb, several text[], made int GENERATED ALWAYS AS (id * 2) STORED);
    ALTER TABLE public."Odd ""name"".x" DROP COLUMN gone;
    INSERT INTO public."Odd ""name"".x" VALUES
        (1, E'نخيل\\t"Q"\\n\\\\.\\r', '2026-11-26 10:00+03', '1 mon 3 days -04:05', '\\xdeadbeef', 0.1 + 0.2, 1.50,
         '{"b": 1, "a": [2]}', ARRAY['x', NULL, 'NULL', '{']),
        (2, NULL, 'infinity', '-1 year', '', 'NaN', 'NaN', 'null', '{}'),
        (3, 'COPY public.secret (id) FROM stdin;', NULL, NULL, NULL, NULL, NULL, NULL, NULL);
    CREATE TABLE public.nothing ();
    INSERT INTO public.nothing DEFAULT VALUES;
    GRANT SELECT ON ALL TABLES IN SCHEMA public TO amana_backup;
    ALTER DATABASE ACME SET timezone = 'Asia/Riyadh';
    ALTER DATABASE ACME SET bytea_output = 'escape';
    ALTER DATABASE ACME SET intervalstyle = 'sql_standard';
    ALTER DATABASE ACME SET extra_float_digits = 0;
"""
LACKING = '#!/bin/sh\nexec {real} --exclude-table-data=public.contacts_contact "$@"\n'
SHORT = '#!/bin/sh\n[ "$1" = --version ] && exec {real} --version\n{real} "$@" | head -c {bytes}\n'


@pytest.fixture(scope="module")
def acme(databases: None) -> Iterator[Tenant]:
    tenant = fleet.provision(name="Acme")
    with bound_to(tenant):
        Contact(name="Dora").create(by=None)
    with superuser(tenant.schema_name) as connection:
        connection.execute(ODD.replace("ACME", tenant.schema_name).encode())
    yield tenant
    fleet.close(tenant)


@pytest.fixture
def pg_dump(tmp_path: Path, settings: Settings) -> Callable[[str], None]:
    """The real one, in a script that does something to it."""

    def wrapped(script: str) -> None:
        real = program("pg_dump")
        path = tmp_path / "bin" / "pg_dump"
        path.parent.mkdir()
        path.write_text(script.format(real=real))
        path.chmod(0o755)
        settings.AMANA_PG_BIN = str(path.parent)

    return wrapped


def test_a_dump_and_its_database_say_the_same_of_each_row(acme: Tenant) -> None:
    with snapshot_of(acme.place) as snapshot:
        with dump_of(snapshot) as dump, beside(dump) as read:
            while read.read(1 << 16):
                """It goes by."""
            dumped = read.found()
        stands = {name: said for name, said in fingerprint(snapshot.connection).items() if "rows" in said}
        counted = rows_counted(snapshot.connection)

    assert dumped == stands
    assert {name: said["rows"] for name, said in dumped.items()} == counted
    assert [
        counted[name] for name in ('public.Odd "name".x', "public.nothing", "public.contacts_contact")
    ] == [
        3,
        1,
        1,
    ]


def test_a_dump_without_the_rows_of_a_table_is_no_copy(
    acme: Tenant, store: Folder, pg_dump: Callable[[str], None]
) -> None:
    pg_dump(LACKING)
    with pytest.raises(DumpFailed, match=r"^public.contacts_contact has 1 rows, and None were dumped.$"):
        take(claimed(acme))
    assert manifests(store) == []


@pytest.mark.parametrize(("bytes_", "says"), [(3, "input file is too short"), (60_000, "end of file")])
def test_a_dump_that_ends_early_is_no_copy(
    acme: Tenant, store: Folder, pg_dump: Callable[[str], None], bytes_: int, says: str
) -> None:
    """Whatever exit code pg_dump gives: pg_restore has read it all before it counts."""
    pg_dump(SHORT.replace("{bytes}", str(bytes_)))
    with pytest.raises(DumpFailed, match=rf"^pg_restore can't read the dump: .*{says}"):
        take(claimed(acme))
    assert manifests(store) == []
