import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from accounts.inviting import set_password_link
from accounts.models import User
from tenants.binding import bound_to
from tenants.models import Tenant
from tests.logs.product import Product, running
from tests.logs.visitor import Visitor
from tests.support import fleet

NAME = "Fatimah Al-Qahtani"
EMAIL = "fatimah.q@canary.example"
PHONE = "+966 11 555 01 99"
PASSWORD, WRONG, MISPLACED = "First pearl diver, 41", "second pearl diver 42", "mistyped pearl diver 43"


@dataclass
class Site:
    """A tenant's, committed, before the running product: Olivia owns it."""

    tenant: Tenant
    owner: User
    link: str
    product: Product
    olivia: Visitor
    stranger: Visitor
    secrets: set[str] = field(default_factory=set)


@pytest.fixture(scope="package")
def site(databases: None) -> Iterator[Site]:
    tenant = fleet.provision(name="Canaries")
    with bound_to(tenant):
        owner = User.objects.get()
        link = set_password_link(owner, tenant.site_url)
    path = "/" + link.split("/", 3)[3]
    with tempfile.TemporaryDirectory() as folder, running(Path(folder)) as product:
        olivia, stranger = (Visitor(product.web.port, tenant.primary_host) for _ in range(2))
        yield Site(tenant, owner, path, product, olivia, stranger)
    fleet.close(tenant)
