"""Acme's log, with somebody who may read contacts' histories only, and somebody who may read nothing of it."""

import re
from collections.abc import Callable
from html import unescape

import pytest
from django.test import Client

from accounts.models import User
from audit.context import acting
from business.contacts.models import Contact
from tenants.binding import bound_to
from tenants.models import Tenant
from tests.support import fleet

MakeContact = Callable[..., Contact]
TAG = re.compile(r"<[^>]+>")


def words(content: bytes) -> str:
    """What a page says, without its markup, on one line."""
    return re.sub(r"\s+", " ", unescape(TAG.sub("", content.decode())))


@pytest.fixture
def bob_client(acme: Tenant, bob: User) -> Client:
    return fleet.signed_in(acme, bob)


@pytest.fixture
def carol_client(acme: Tenant) -> Client:
    """An accountant: sees contacts, and neither their history nor the log."""
    with bound_to(acme):
        carol = fleet.add_user("carol@acme.example", "Carol", "accountant")
    return fleet.signed_in(acme, carol)


@pytest.fixture
def victor_client(acme: Tenant) -> Client:
    """A security officer: reads the log, and sees no contact."""
    with bound_to(acme):
        victor = fleet.add_user("victor@acme.example", "Victor", "security_officer")
    return fleet.signed_in(acme, victor)


@pytest.fixture
def dora(acme: Tenant, alice: User) -> Contact:
    """Added by Alice."""
    with bound_to(acme), acting(f"user:{alice.pk}", ip="203.0.113.7"):
        contact = Contact(name="Dora", kind="person", city="Leeds")
        contact.create(by=alice)
        return contact
