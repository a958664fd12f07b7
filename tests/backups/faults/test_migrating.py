"""A copy and a migration keep out of each other's way, and neither makes the other wrong."""

import pytest
from psycopg.errors import LockNotAvailable
from pytest_django import Settings

from backups.fingerprints.databases import fingerprint
from backups.scheduling.claiming import claim
from backups.scheduling.working import carry_out, work
from backups.snapshots import snapshot_of
from backups.storage.folder import Folder
from tenants.models import Tenant
from tests.backups.faults.conftest import now, wish_for
from tests.lifecycle.looking import superuser

pytestmark = pytest.mark.usefixtures("wishes", "impatient")
REWRITE = b"ALTER TABLE public.padding ALTER COLUMN number TYPE bigint"


def test_a_table_cannot_be_rewritten_once_the_snapshot_is_taken(big: Tenant) -> None:
    """It would look empty in the copy and in the fingerprint, and nobody would see it."""
    with superuser(big.schema_name) as migration, snapshot_of(big.place) as snapshot:
        migration.execute(b"SET lock_timeout = '100ms'")
        with pytest.raises(LockNotAvailable):
            migration.execute(REWRITE)
        assert fingerprint(snapshot.connection)["public.padding"]["rows"] == 12000


def test_a_copy_waits_for_a_migration_and_is_tried_again_in_words(
    big: Tenant, store: Folder, settings: Settings
) -> None:
    settings.AMANA_BACKUP_LOCK_SECONDS = 0.2
    copy = wish_for(big)
    with superuser(big.schema_name) as migration:
        migration.execute(b"BEGIN")
        migration.execute(REWRITE)
        claimed = claim()
        assert claimed
        carry_out(claimed)
        migration.execute(b"ROLLBACK")
    assert (now(copy).state, now(copy).error) == (
        "waiting",
        "Its tables are being changed: it is tried again.",
    )
    work()
    assert (now(copy).state, now(copy).manifest["content"]["public.padding"]["rows"]) == ("done", 12000)
