"""What was shredded since the copy is found by nobody once the copy is in force, whoever holds the keys for it."""

from collections.abc import Callable, Iterator, Mapping
from contextvars import Context
from dataclasses import replace

import pytest
from django.conf import settings as product
from pytest_django import Settings

from audit.reading import read
from backups.exceptions import BackupError
from backups.restoring import purging
from backups.restoring.carrying import carry
from backups.restoring.steps import new_place
from backups.taking import take
from backups.tasks import purge_restored
from business.contacts.models import Contact
from keys.remembering import memory
from keys.shredding import shred_row
from tenants.binding import CATALOG, bound_to
from tenants.carrying_out import StepFunction
from tenants.models import Operation, Tenant
from tenants.places import Place
from tests.backups.conftest import claimed
from tests.backups.restoring.conftest import Kept
from tests.keys.conftest import APP, drop_tables, make_tables
from tests.keys.vault.models import Buyer
from tests.lifecycle.dying import end_of, start, steps_wrapped

Send = Callable[[str], object]


@pytest.fixture
def vault(kept: Kept, settings: Settings) -> Iterator[Kept]:
    """Umbrella with Ana and Bo, and a copy of it from before Ana was shredded."""
    settings.INSTALLED_APPS = [*product.INSTALLED_APPS, APP]
    settings.TENANT_LABELS = {*product.TENANT_LABELS, "vault"}
    memory.forget()
    tenant = kept.fresh()
    make_tables(tenant)
    with bound_to(tenant):
        Buyer.objects.create(name="Bo", phone="+44 2")
        ana = Buyer.objects.create(name="Ana", phone="+44 1")
    backup = claimed(tenant)
    take(backup)
    with bound_to(tenant):
        shred_row(ana, "alice", "30 days after delivery")
    yield replace(kept, backup=backup)
    drop_tables(kept.fresh())
    memory.forget()


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> Callable[[Send], None]:
    """From here on we are the restore worker, which holds no keys; whoever is given gets what it asks for."""

    def to(whom: Send) -> None:
        monkeypatch.setattr(product, "AMANA_KEYSTORE_URL", "")
        monkeypatch.setattr(purge_restored, "delay", whom)

    return to


def found(whose: Tenant | Place, phone: str) -> int:
    with bound_to(whose):
        return Buyer.objects.filter(phone_index=phone).count()


def untouched(name: str, function: StepFunction, operation: Operation) -> None:
    """The vault's tables are of these tests alone, and no part of today's version."""
    if name != "bring_up_to_date":
        function(operation)


def purged(tenant: Tenant) -> list[Mapping[str, object]]:
    with bound_to(tenant):
        return [event.details for event in read(10, action="backups.purged_again")]


def test_who_was_shredded_since_the_copy_is_found_by_nobody_once_it_is_in_force(vault: Kept) -> None:
    operation = vault.begun()
    with steps_wrapped(untouched):
        carry(operation.pk)
    restore = vault.restore(operation)
    assert found(new_place(restore), "+44 1") == 1

    vault.swapped(restore)

    assert (found(vault.fresh(), "+44 1"), found(vault.fresh(), "+44 2")) == (0, 1)
    assert purged(vault.fresh()) == [{"number": 1}]


def test_the_restore_worker_asks_who_holds_the_keys_and_waits_for_it(
    kept: Kept, sent: Callable[[Send], None]
) -> None:
    restore = kept.ready()
    url, workers = product.AMANA_KEYSTORE_URL, list[int]()
    before = purged(kept.fresh())
    sent(lambda pk: workers.append(start(lambda: Context().run(_as_default, url, pk))))

    kept.swapped(restore)

    assert [end_of(pid) for pid in workers] == [0]
    assert purged(kept.fresh()) == [{"number": 0}, *before]


def _as_default(url: str, pk: str) -> None:
    product.AMANA_KEYSTORE_URL = url
    purge_restored(pk)


def test_where_nobody_answers_nothing_is_put_in_force(
    kept: Kept, sent: Callable[[Send], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    old, restore = kept.fresh(), kept.ready()
    monkeypatch.setattr(purging, "PATIENCE_SECONDS", 0.3)
    sent(lambda _pk: None)
    with pytest.raises(BackupError, match="Is the worker default running"):
        kept.swapped(restore)
    with bound_to(CATALOG):
        restore.refresh_from_db()
    assert (restore.state, kept.fresh().schema_name) == ("ready", old.schema_name)
    with bound_to(old):
        Contact.objects.create(name="Still served")
