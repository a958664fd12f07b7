from collections.abc import Callable

import pytest

from accounts.models import User
from business.contacts.models import Contact
from tenants.binding import bound_to
from tenants.models import Tenant

MakeContact = Callable[..., Contact]


@pytest.fixture
def make_contact(acme: Tenant, alice: User) -> MakeContact:
    """A contact at Acme, added by Alice."""

    def make(name: str = "Tea & Co", **fields: object) -> Contact:
        with bound_to(acme):
            contact = Contact(name=name, **fields)
            contact.create(by=alice)
            return contact

    return make


@pytest.fixture
def tea(make_contact: MakeContact) -> Contact:
    return make_contact("Tea & Co", kind="company", city="Leeds")


@pytest.fixture
def dora(make_contact: MakeContact, tea: Contact) -> Contact:
    return make_contact("Dora", company=tea, phone="+44 7700 900001", email="dora@tea.example")
