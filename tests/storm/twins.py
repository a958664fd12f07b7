"""Tenants that can be told apart by nothing but their canaries: same keys, same addresses, same pages."""

import secrets
from dataclasses import dataclass
from uuid import UUID

from accounts.models import User
from business.contacts.models import Contact
from tenants.binding import bound_to
from tenants.models import Tenant
from tests.support import fleet
from tests.support.fleet import PASSWORD

EMAIL = "sam@same.example"
CONTACTS = 8
# No second factor is owed for these: a thousand sign-ins of one person would wait for one another's codes.
HARMLESS = tuple(f"contacts.contact:{verb}" for verb in ("view", "create", "update", "archive", "restore"))


def same_id(number: int) -> UUID:
    return UUID(int=number, version=4)


@dataclass(frozen=True)
class Twin:
    tenant: Tenant
    canary: str

    @property
    def host(self) -> str:
        return self.tenant.primary_host


def make_twin(user: int = 1) -> Twin:
    """Sam and eight contacts, with the same ids as at every other twin; the canary is in all their names."""
    canary = f"canary{secrets.token_hex(8)}"
    tenant = fleet.provision()
    with bound_to(tenant):
        sam = User(id=same_id(user), email=EMAIL, name=f"Sam {canary}")
        sam.set_password(PASSWORD)
        sam.save(force_insert=True)
        fleet.give(sam, *HARMLESS)
        for number in range(CONTACTS):
            contact = Contact(id=same_id(100 + number), name=f"{canary} no. {number}", city="Everywhere")
            contact.create(by=sam)
    return Twin(tenant, canary)
