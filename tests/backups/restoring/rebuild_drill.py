"""On a cluster of its own: a catalog is lost twice, and rebuilt once from the manifests and once from its copy."""

import os
import re
import subprocess
import sys
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import django
from django.conf import settings
from django.test import override_settings
from django.utils import timezone

if TYPE_CHECKING:
    from backups.models import Backup

TOLD = ("AMANA_BACKUP_STORE", "AMANA_MANIFEST_PUBLIC_KEY")
EMPTY = "SELECT 'TRUNCATE ' || string_agg(format('%I.%I', schemaname, tablename), ', ') || ' CASCADE' FROM pg_tables"


def main() -> None:
    django.setup()
    from audit.context import acting  # noqa: PLC0415 - apps must be loaded first

    folder = tempfile.mkdtemp()
    with acting("test"), override_settings(AMANA_BACKUP_STORE=f"file://{folder}"):
        drill()
    sys.stdout.write("proven\n")


def drill() -> None:  # noqa: PLR0915 - one story, told from its beginning to its end
    from backups.keeping.anchors import check_anchors, keep_anchors  # noqa: PLC0415 - apps must be loaded first
    from backups.keeping.expiring import expire  # noqa: PLC0415
    from backups.keeping.hold_notes import write_hold_notes  # noqa: PLC0415
    from backups.keeping.holding import hold  # noqa: PLC0415
    from backups.models import Backup, RecoveryKey  # noqa: PLC0415
    from backups.recovery_keys.escrow import make_escrow  # noqa: PLC0415
    from backups.recovery_keys.wrapping import unwrap_identity  # noqa: PLC0415
    from backups.storage import open_store  # noqa: PLC0415
    from backups.taking import take  # noqa: PLC0415
    from business.contacts.models import Contact  # noqa: PLC0415
    from tenants.binding import CATALOG, bound_to  # noqa: PLC0415
    from tenants.models import Tenant  # noqa: PLC0415
    from tests.backups.conftest import claimed  # noqa: PLC0415
    from tests.lifecycle.looking import walls_down  # noqa: PLC0415
    from tests.sealing.sealed import seal_now, verified  # noqa: PLC0415
    from tests.support import fleet  # noqa: PLC0415
    from tests.support.signing_keys import new_pair, replaced  # noqa: PLC0415

    fleet.prepare()
    acme, stray = fleet.provision("acme", "Acme"), fleet.provision("stray", "Stray")
    wayland = fleet.provision("wayland", "Wayland")
    with bound_to(acme):
        Contact.objects.create(name="Zanzibar Spice Ltd")
    seal_now(acme)
    old, demanded, closed = claimed(acme), claimed(acme), claimed(wayland)
    for backup in (old, demanded, closed, claimed(acme)):
        take(backup)
    for backup in (old, demanded):
        as_of_forty_days_ago(backup)
    with override_settings(AMANA_MANIFEST_KEY=new_pair()[0]):
        take(claimed(acme))  # by a key that isn't ours
    replace = override_settings(**replaced("MANIFEST", settings.AMANA_MANIFEST_PUBLIC_KEY))
    replace.enable()
    take(claimed(None))
    for backup in (demanded, closed):
        hold(backup, timezone.now() + timedelta(days=9), "Case 7/2026", "operator:oscar@amana.example")
    fleet.close(wayland)
    write_hold_notes()
    seal_the_platforms_log()
    keep_anchors(open_store("writer"), CATALOG.chain)  # of what its newest copy doesn't have
    anchored = anchors_in_storage()
    assert anchored
    with bound_to(acme):
        Contact.objects.create(name="Written since")
    seal_now(acme)
    escrow = make_escrow()
    with bound_to(CATALOG):
        wrapped = RecoveryKey.objects.get(tenant=None).wrapped
        before = Tenant.objects.get(pk=acme.pk)
    identity = Path(tempfile.mkdtemp()) / "identity"
    identity.write_text(f"# of the catalog\n{unwrap_identity(wrapped, settings.AMANA_DRILL_KEY)}\n")

    lose_the_catalog()
    said = told("--from-manifests", "--escrow", str(escrow))
    assert "1 tenants found again: acme." in said, said
    assert "5 copies noted; none of them ends before " in said, said
    assert "2 copies were put on hold again." in said, said
    assert "Closed, with a copy on hold: wayland" in said, said
    assert "Manifest without a database" not in said, said
    assert f"Database without a manifest, look at it: {stray.schema_name}" in said, said
    aside = set_aside_in(said)
    assert [each.name for each in aside.iterdir()] == anchored
    assert anchors_in_storage() == []
    aside.rename(aside.with_name(CATALOG.chain))
    with bound_to(CATALOG):
        again = Tenant.objects.select_related("server").get(slug="acme")
        assert (again.pk, again.schema_name, again.era, again.state) == (
            before.pk,
            before.schema_name,
            1,
            "suspended",
        )
        assert Backup.objects.stored().count() == 5
        assert {key.tenant_id for key in RecoveryKey.objects.all()} == {None, acme.pk, wayland.pk}
        assert Tenant.objects.get(pk=wayland.pk).state == "closed"
        held = Backup.objects.held().order_by("snapshot_at")
        assert [(each.pk, each.hold_by) for each in held] == [
            (each.pk, "operator:oscar@amana.example") for each in (demanded, closed)
        ]
        again.resume("test")
        again.refresh_from_db(fields=["state"])
    with bound_to(again):
        assert Contact.objects.count() == 2
    assert verified(again) == ""
    assert expire().removed == []
    with bound_to(CATALOG):
        Backup.objects.update(spared_until=timezone.now())
    expired = expire()
    assert expired.removed == [old]
    assert [each.pk for each, _why in expired.kept] == [demanded.pk]

    lose_the_catalog()
    said = told("--identity", str(identity), "--escrow", str(escrow))
    assert "The catalog is as of" in said, said
    assert [each.name for each in set_aside_in(said).iterdir()] == anchored
    assert "Closed since the catalog's copy, close it again: wayland" in said, said
    assert "Manifest without a database" not in said, said
    with bound_to(CATALOG):
        tenants = {tenant.slug: tenant for tenant in Tenant.objects.select_related("server")}
        assert {*tenants} == {"acme", "stray", "wayland"}
        assert {each.pk for each in Backup.objects.held()} == {demanded.pk, closed.pk}
        assert tenants["acme"].name == "Acme"
        assert tenants["acme"].state == "active"
    again = tenants["acme"]
    assert walls_down(again) == []
    assert verified(again) == ""
    with bound_to(again):
        Contact.objects.create(name="Life goes on")
    seal_now(again)
    assert verified(again) == ""
    seal_the_platforms_log()
    take(claimed(None))
    assert anchors_in_storage() != []
    assert check_anchors(CATALOG.chain, datetime.now(UTC) + timedelta(hours=1)).faults == []
    assert "isn't lost" in refused("--from-manifests")


def seal_the_platforms_log() -> None:
    from audit.sealer import sealer  # noqa: PLC0415 - apps must be loaded first
    from audit.sealing import seal  # noqa: PLC0415
    from tenants.binding import CATALOG  # noqa: PLC0415

    with sealer(CATALOG.place) as connection:
        assert seal(connection, CATALOG.place).batches == 1


def storage() -> Path:
    return Path(settings.AMANA_BACKUP_STORE.removeprefix("file://"))


def anchors_in_storage() -> list[str]:
    return sorted(each.name for each in (storage() / "anchors/catalog").glob("*"))


def set_aside_in(said: str) -> Path:
    """The folder that it names."""
    found = re.search(
        r"^In the storage, too: its anchors are in (anchors/catalog\.until-\w+)\.$", said, re.MULTILINE
    )
    assert found, said
    return storage() / found[1]


def as_of_forty_days_ago(backup: "Backup") -> None:
    """Signed anew, as if it had been taken then."""
    from backups.manifests import MANIFEST, SIGNATURE, publish  # noqa: PLC0415 - apps must be loaded first
    from backups.storage import open_store  # noqa: PLC0415

    assert backup.snapshot_at
    store, then = open_store("keeper"), backup.snapshot_at - timedelta(days=40)
    for name in (SIGNATURE, MANIFEST):
        store.delete(f"{backup.folder}/{name}")
    publish(store, backup.folder, backup.manifest | {"snapshot_at": then.isoformat()})


def lose_the_catalog() -> None:
    """Every row of it."""
    from backups.preparing import prepare_backups  # noqa: PLC0415 - apps must be loaded first
    from tenants.pool import pool  # noqa: PLC0415
    from tenants.setting_up import prepare_catalog  # noqa: PLC0415
    from tests.lifecycle.looking import superuser  # noqa: PLC0415
    from tests.sealing.sealed import SAYS  # noqa: PLC0415

    pool.close_idle()
    with superuser("catalog") as connection:
        [(statement,)] = connection.execute(
            f"{EMPTY} WHERE schemaname IN ('public', 'audit') AND tablename <> 'django_migrations'".encode()
        ).fetchall()
        with connection.transaction():
            connection.execute(SAYS)
            connection.execute(str(statement).encode())
    prepare_catalog()
    prepare_backups()


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, str(settings.BASE_DIR / "manage.py"), "rebuild_catalog", *arguments],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, **{name: getattr(settings, name) for name in TOLD}},
    )


def told(*arguments: str) -> str:
    done = run(*arguments)
    assert done.returncode == 0, done.stderr
    return done.stdout


def refused(*arguments: str) -> str:
    done = run(*arguments)
    assert done.returncode == 2, done.stdout
    return done.stderr


if __name__ == "__main__":
    main()
