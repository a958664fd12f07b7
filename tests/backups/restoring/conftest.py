"""A tenant of its own with a copy of it, one a module; each test asks for a restore and nothing of it stays."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.test import override_settings

from audit.context import acting
from audit.exceptions import LogUnfinished
from backups.models import Backup, Restore
from backups.recovery_keys.lending import lend
from backups.restoring import asking
from backups.restoring.beside import drop_what_is_over
from backups.restoring.carrying import carry
from backups.taking import take
from business.contacts.models import Contact
from tenants.binding import CATALOG, bound_to
from tenants.models import Operation, Tenant
from tenants.pool import pool
from tests.backups.conftest import claimed
from tests.sealing.sealed import seal_now
from tests.support import fleet

ALICE = "alice@umbrella.example"


@dataclass
class Kept:
    """Umbrella, a copy of it, and the folder of the copies."""

    tenant: Tenant
    backup: Backup
    folder: Path

    def fresh(self) -> Tenant:
        with bound_to(CATALOG):
            return Tenant.objects.select_related("server").get(pk=self.tenant.pk)

    def ask(self, *, in_place: bool = False, purpose: str = "mistake") -> Restore:
        typed = self.tenant.slug if in_place else ""
        wish = asking.Wish(purpose, "Contacts were deleted", in_place, typed)
        with bound_to(CATALOG):
            return asking.ask(self.fresh(), self.backup, "operator:oscar", wish)

    def agreed(self, *, in_place: bool = False) -> Restore:
        restore = self.ask(in_place=in_place)
        with bound_to(CATALOG):
            asking.approve(restore, "operator:priya")
        return restore

    def begun(self, *, in_place: bool = False) -> Operation:
        with bound_to(CATALOG):
            return asking.begin(self.agreed(in_place=in_place), "operator:oscar")

    def ready(self) -> Restore:
        operation = self.begun()
        carry(operation.pk)
        return self.restore(operation)

    def restore(self, operation: Operation) -> Restore:
        with bound_to(CATALOG):
            return Restore.objects.select_related("tenant__server", "backup").get(operation=operation)

    def swapped(self, restore: Restore) -> Restore:
        with bound_to(CATALOG):
            operation = asking.ask_swap(restore, "operator:oscar", self.tenant.slug)
        carry(operation.pk)
        with bound_to(CATALOG):
            return Restore.objects.select_related("tenant__server", "backup").get(pk=restore.pk)

    def swapped_without_its_log(self, restore: Restore) -> Restore:
        """The present log can't be read, so that the first try fails; the second leaves it behind."""
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("backups.restoring.handing_over.seal_to_the_end", _cannot_be_sealed)
            with pytest.raises(LogUnfinished):
                self.swapped(restore)
            with bound_to(CATALOG):
                operation = asking.ask_swap(restore, "operator:oscar", self.tenant.slug, leave_log=True)
            carry(operation.pk)
        with bound_to(CATALOG):
            return Restore.objects.select_related("tenant__server", "backup").get(pk=restore.pk)


def _cannot_be_sealed(_place: object) -> None:
    raise LogUnfinished("on purpose")


@pytest.fixture(scope="module")
def umbrella(databases: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kept]:
    """Two contacts, a file, an owner called Alice; its log is sealed."""
    folder = tmp_path_factory.mktemp("copies")
    with override_settings(AMANA_BACKUP_STORE=f"file://{folder}"):
        tenant = fleet.provision(name="Umbrella")
        with bound_to(tenant):
            fleet.add_user(ALICE, "Alice", "owner")
            Contact.objects.create(name="Zanzibar Spice Ltd")
            Contact.objects.create(name="نخيل الرياض")
            default_storage.save("papers/contract.txt", ContentFile(b"signed"))
        seal_now(tenant)
        backup = claimed(tenant)
        take(backup)
        with drill_worker():
            yield Kept(tenant, backup, folder)
        fleet.close(tenant)


@contextmanager
def drill_worker() -> Iterator[None]:
    """Lends what is asked for: it alone holds the key that unwraps."""
    with meanwhile(_lend):
        yield


def _lend() -> None:
    with bound_to(CATALOG):
        asked = Restore.objects.exclude(borrower="").filter(lent_identity=b"", not_lent="")
        for restore in asked.select_related("tenant", "backup"):
            lend(restore)


@contextmanager
def backup_worker() -> Iterator[None]:
    """Takes the safety copies that are wished for, as the worker `backup` does."""
    with meanwhile(_take):
        yield


def _take() -> None:
    with bound_to(CATALOG):
        wish = Backup.objects.filter(tier="safety").take()
    if wish is not None:
        with bound_to(CATALOG):
            wish = Backup.objects.select_related("tenant__server").get(pk=wish.pk)
        take(wish)


@contextmanager
def meanwhile(do: Callable[[], None]) -> Iterator[None]:
    """Again and again, in a thread of its own."""
    over = threading.Event()

    def work() -> None:
        with acting("test"):
            while not over.wait(0.05):
                do()
        pool.close_idle()

    worker = threading.Thread(target=work)
    worker.start()
    try:
        yield
    finally:
        over.set()
        worker.join()


@pytest.fixture
def kept(umbrella: Kept) -> Iterator[Kept]:
    """Whatever a test leaves is given up and dropped."""
    yield umbrella
    with bound_to(CATALOG):
        left = Restore.objects.filter(tenant=umbrella.tenant)
        left.exclude(state=Restore.State.SWAPPED).update(state=Restore.State.GIVEN_UP)
        umbrella.tenant.operations.filter(kind__in=("restore", "swap")).delete()
    drop_what_is_over()
    with bound_to(CATALOG):
        Restore.objects.filter(tenant=umbrella.tenant, state=Restore.State.GIVEN_UP).delete()
