"""In production no copy lies on a server that tenants live on, whether the environment or a row names it."""

import pytest
from pytest_django import Settings

from backups.exceptions import BackupRefused
from backups.models import RecoveryKey
from backups.preparing import prepare_backups
from backups.provisioning import make_recovery_key
from backups.storage.apart import refuse_shared_host
from tenants.binding import CATALOG, bound_to
from tenants.models import Operation, Server, Tenant

SHARED = "is on the host of the database server two"


@pytest.fixture
def production(monkeypatch: pytest.MonkeyPatch, settings: Settings) -> None:
    monkeypatch.setattr("config.environment.Environment.is_production", True)
    settings.AMANA_BACKUP_STORE = "s3://copies?endpoint=https://Two.example.:9000&region=eu-1"


@pytest.mark.usefixtures("production")
@pytest.mark.parametrize("host", ["two.example", "TWO.example.", "one.example, two.example"])
def test_a_bucket_on_a_tenants_server_is_refused_by_prepare(host: str, catalog: None) -> None:
    with bound_to(CATALOG):
        Server.objects.create(name="two", host=host)
    with pytest.raises(BackupRefused, match=SHARED):
        prepare_backups()


@pytest.mark.usefixtures("production")
def test_no_tenant_is_set_up_there(acme: Tenant, catalog: None) -> None:
    with bound_to(CATALOG):
        Tenant.objects.filter(pk=acme.pk).update(server=Server.objects.create(name="two", host="two.example"))
        RecoveryKey.objects.filter(tenant=acme).delete()
        operation = Operation(tenant=Tenant.objects.select_related("server").get(pk=acme.pk))
    with pytest.raises(BackupRefused, match=SHARED):
        make_recovery_key(operation)
    with bound_to(CATALOG):
        assert not RecoveryKey.objects.filter(tenant=acme).exists()


@pytest.mark.usefixtures("production")
@pytest.mark.parametrize("host", ["", "other.example", "/run/postgresql", "two.example.org"])
def test_others_are_let_be(host: str) -> None:
    refuse_shared_host(Server(name="one", host=host))


def test_embedded_everything_is_on_one_machine(settings: Settings) -> None:
    settings.AMANA_BACKUP_STORE = "s3://copies?endpoint=https://two.example"
    refuse_shared_host(Server(name="two", host="two.example"))


@pytest.mark.usefixtures("production")
@pytest.mark.parametrize("store", ["file:///mnt/copies", "s3://amana-copies/production"])
def test_a_mounted_disk_and_amazons_own_have_no_host_of_ours(store: str, settings: Settings) -> None:
    settings.AMANA_BACKUP_STORE = store
    refuse_shared_host(Server(name="one", host=""), Server(name="two", host="two.example"))
