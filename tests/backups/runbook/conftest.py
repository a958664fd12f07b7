import json
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import pytest
from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.test import Client, override_settings
from pytest_django import DjangoDbBlocker

from audit.context import acting
from backups.models import Backup
from backups.recovery_keys.escrow import make_escrow
from backups.taking import take
from business.contacts.models import Contact
from tenants.binding import bound_to
from tenants.models import Tenant
from tests.backups.conftest import claimed
from tests.backups.runbook.stranger import Stranger, stranger
from tests.support import fleet

NAMES = ("نخيل الرياض", "北京启明会展", "Dora Quill")


class Page(HTMLParser):
    """The commands of the printed page, by the name of their step."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.blocks: dict[str, str] = {}
        self._inside = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "pre":
            self._inside = dict(attrs).get("id") or ""

    def handle_endtag(self, tag: str) -> None:
        if tag == "pre":
            self._inside = ""

    def handle_data(self, data: str) -> None:
        if self._inside:
            self.blocks[self._inside] = self.blocks.get(self._inside, "") + data


@pytest.fixture
def page(oscar_client: Client) -> Page:
    answer = oscar_client.get("/runbook/")
    assert answer.status_code == 200
    return Page(answer.content.decode())


class Umbrella:
    """A tenant, a copy of it, an escrow of its key, and one of the offline keys."""

    def __init__(self, tenant: Tenant, backup: Backup, store: Path, escrow: Path) -> None:
        self.tenant, self.backup, self.store, self.escrow = tenant, backup, store, escrow

    @property
    def folder(self) -> Path:
        return self.store / self.backup.folder

    @property
    def offline(self) -> str:
        secrets = json.loads((Path(settings.AMANA_VAR) / "secrets.json").read_text())
        return str(secrets["offline recovery keys"][0])


@pytest.fixture(scope="package")
def umbrella(
    databases: None, django_db_blocker: DjangoDbBlocker, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Umbrella]:
    store, escrows = tmp_path_factory.mktemp("store"), tmp_path_factory.mktemp("escrows")
    told = {"AMANA_BACKUP_STORE": f"file://{store}", "AMANA_ESCROW_DIR": escrows}
    with django_db_blocker.unblock(), acting("test"), override_settings(**told):
        tenant = fleet.provision(name="Umbrella")
        with bound_to(tenant):
            Contact.objects.bulk_create(Contact(name=name) for name in NAMES)
            default_storage.save("badges/logo.svg", ContentFile(b"<svg/>"))
        backup = claimed(tenant)
        take(backup)
        yield Umbrella(tenant, backup, store, make_escrow())
        fleet.close(tenant)


@pytest.fixture(scope="package")
def sam(databases: None) -> Iterator[Stranger]:
    with stranger() as who:
        yield who
