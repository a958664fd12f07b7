"""Initech, which is archived for real, and a copy of Acme's that lies in a storage of the test's own."""

import hashlib
from collections.abc import Callable, Iterator
from datetime import date, timedelta

import pytest
from django.utils import timezone
from pytest_django import Settings

from backups.models import ArchivedCopy
from backups.recovery_keys.wrapping import new_identity
from backups.storage.folder import Folder
from business.contacts.models import Contact
from tenants.binding import CATALOG, bound_to
from tenants.models import Tenant

NAME, PHONE = "Zanzibar Spice Ltd", "+255 24 223"
LAW = "§ 147 AO: ten years"
SEALED = b"age-encryption.org/v1, and nothing that a server opens"


def in_days(days: int) -> date:
    return timezone.now().date() + timedelta(days=days)


@pytest.fixture
def offline(settings: Settings) -> list[str]:
    """The two keys that two people keep."""
    pairs = [new_identity() for _ in range(2)]
    settings.AMANA_RECOVERY_RECIPIENTS = ",".join(public for _, public in pairs)
    return [private for private, _ in pairs]


@pytest.fixture
def initech(offline: list[str], new_tenant: Callable[..., Tenant], store: Folder) -> Iterator[Tenant]:
    tenant = new_tenant(name="Initech")
    with bound_to(tenant):
        Contact(name=NAME, phone=PHONE).create(by=None)
    yield tenant
    with bound_to(CATALOG):
        ArchivedCopy.objects.all().delete()


@pytest.fixture
def archived(acme: Tenant, catalog: None, store: Folder) -> ArchivedCopy:
    """As the workers leave one."""
    return kept(acme, store)


def kept(tenant: Tenant, store: Folder, until: date | None = None) -> ArchivedCopy:
    with bound_to(CATALOG):
        copy: ArchivedCopy = ArchivedCopy.objects.create(
            tenant=tenant,
            reason=LAW,
            keep_until=until or in_days(3650),
            requested_by="operator:priya@amana.example",
            state=ArchivedCopy.State.DONE,
            is_sealed=True,
            taken_at=timezone.now(),
            rows=7,
            files=2,
            bytes=len(SEALED),
            sha256=hashlib.sha256(SEALED).hexdigest(),
        )
    with store.write(copy.name) as file:
        file.write(SEALED)
    return copy
