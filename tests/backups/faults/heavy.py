"""A tenant with some 8 MB of its own in a table that the product knows, and a copy of it: a restore takes a moment."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.test import override_settings

from backups.models import Backup, Restore
from backups.restoring.beside import drop_what_is_over
from backups.taking import take
from tenants.binding import CATALOG, bound_to
from tenants.models import Tenant
from tests.backups.conftest import claimed
from tests.backups.restoring.conftest import Kept, drill_worker
from tests.lifecycle.looking import superuser
from tests.sealing.sealed import seal_now
from tests.support import fleet

MANY = (
    "ALTER TABLE public.contacts_contact DISABLE TRIGGER USER",
    """
    INSERT INTO public.contacts_contact (id, kind, name, email, phone, address, city, country, tax_id, language, notes,
                                         version, created_at, updated_at)
    SELECT gen_random_uuid(), 'person', 'Contact ' || number, '', '', '', '', '', '', '',
           repeat(md5(number::text), 20), 1, now(), now()
    FROM generate_series(1, 12000) AS number""",
    """
    DO $$ DECLARE its text; BEGIN
        FOR its IN SELECT tgname FROM pg_trigger
                   WHERE tgrelid = 'public.contacts_contact'::regclass AND NOT tgisinternal
        LOOP EXECUTE format('ALTER TABLE public.contacts_contact ENABLE ALWAYS TRIGGER %I', its); END LOOP;
    END $$""",
)


@contextmanager
def heavy_tenant(folder: Path) -> Iterator[Kept]:
    """With the drill worker's part of lending; `folder` is that of the copies."""
    with override_settings(AMANA_BACKUP_STORE=f"file://{folder}"):
        tenant = fleet.provision(name="Umbrella")
        seal_now(tenant)
        with superuser(tenant.schema_name) as connection:
            for statement in MANY:
                connection.execute(statement.encode())
        backup = claimed(tenant)
        take(backup)
        with drill_worker():
            yield Kept(tenant, backup, folder)
        forget_restores(tenant)
        fleet.close(tenant)


def forget_restores(tenant: Tenant) -> None:
    """Given up, and what there was of them dropped."""
    with bound_to(CATALOG):
        Restore.objects.filter(tenant=tenant).update(state=Restore.State.GIVEN_UP)
        tenant.operations.filter(kind="restore").delete()
    drop_what_is_over()
    with bound_to(CATALOG):
        Restore.objects.filter(tenant=tenant).delete()


def is_unaccused(backup: Backup) -> bool:
    with bound_to(CATALOG):
        return Backup.objects.get(pk=backup.pk).damage == ""
