"""Twins: Sam is at Acme and at Globex with one e-mail, one password and one primary key; so is a company."""

from dataclasses import dataclass
from uuid import UUID

import pytest
from django.contrib.auth.hashers import make_password
from django.test import Client

from accounts.granting import grant
from accounts.models import Role, User
from business.contacts.models import Contact
from tenants.binding import bound_to
from tenants.models import Tenant
from tests.conftest import PASSWORD
from tests.support.fleet import signed_in

SAM = UUID("01890000-0000-7000-8000-000000000001")
COMPANY = UUID("01890000-0000-7000-8000-000000000002")
WORKER = UUID("01890000-0000-7000-8000-000000000003")


@dataclass(frozen=True)
class Side:
    """One of the two tenants, with its twin of everything."""

    tenant: Tenant
    sam: User
    company: Contact
    worker: Contact
    client: Client


def _side(tenant: Tenant, password: str) -> Side:
    with bound_to(tenant):
        sam = User.objects.create(pk=SAM, email="sam@example.com", name="Sam", password=password)
        grant(sam, Role.objects.get(code="owner"), by=None)
        company = Contact.objects.create(pk=COMPANY, kind="company", name=f"Company of {tenant.slug}")
        worker = Contact.objects.create(pk=WORKER, company=company, name=f"Worker of {tenant.slug}")
    return Side(tenant, sam, company, worker, signed_in(tenant, sam))


@pytest.fixture(scope="session")
def password_hash() -> str:
    return make_password(PASSWORD)


@pytest.fixture
def at_acme(acme: Tenant, password_hash: str) -> Side:
    return _side(acme, password_hash)


@pytest.fixture
def at_globex(globex: Tenant, password_hash: str) -> Side:
    return _side(globex, password_hash)
