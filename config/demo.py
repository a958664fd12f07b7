"""Three customers to look at: in Riyadh, Beijing and Birmingham. Never in production."""

import json
from collections.abc import Callable
from pathlib import Path

from django.conf import settings
from django.core.management.base import CommandError

from accounts.demo import Credential, create_operators, create_people, owner_of
from accounts.models import User
from business.contacts.demo import create_contacts
from config.environment import Environment
from tenants.binding import CATALOG, bound_to
from tenants.measuring import measure
from tenants.models import Tenant, TenantState
from tenants.provisioning import request_tenant
from tenants.showing import carry_out_aloud

CUSTOMERS = {
    "nakheel": ("نخيل الرياض للتجارة", "ar"),
    "qiming": ("北京启明会展有限公司", "zh-hans"),
    "brindley": ("Brindley & Sons Trading", "en"),
}


def prepare_demo(say: Callable[[str], None]) -> None:
    """Set the demo customers up, fill them, and keep who signs in with what in var/demo.json. Idempotent."""
    environment: Environment = settings.ENVIRONMENT
    if environment.is_production:
        raise CommandError("A demo has known customers and passwords on disk: not in production.")
    credentials = Credentials(environment.var / "demo.json")
    credentials.add(settings.AMANA_OPERATOR_HOST, _operators())
    for slug in CUSTOMERS:
        tenant = _customer(slug, say)
        if tenant.state == TenantState.ACTIVE:
            credentials.add(tenant.primary_host, _fill(tenant))
            measure(tenant)


def _operators() -> list[Credential]:
    with bound_to(CATALOG):
        return create_operators()


def _customer(slug: str, say: Callable[[str], None]) -> Tenant:
    name, language = CUSTOMERS[slug]
    with bound_to(CATALOG):
        tenant = Tenant.objects.not_closed().select_related("server").filter(slug=slug).first()
        if tenant and tenant.state != TenantState.PROVISIONING:
            return tenant
        owner = owner_of(slug)
        operation = request_tenant(slug, name, language, (owner.email, owner.name), actor="demo")
    say(f"  {slug} ({name})")
    return carry_out_aloud(operation, say).tenant


def _fill(tenant: Tenant) -> list[Credential]:
    with bound_to(tenant):
        people = create_people(tenant.slug)
        create_contacts(tenant.slug, User.objects.get(email=owner_of(tenant.slug).email))
        return people


class Credentials:
    """var/demo.json: who may sign in where with what, readable by its owner alone."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def add(self, host: str, people: list[Credential]) -> None:
        """What was known of somebody and wasn't made anew stays; whose password isn't known isn't the demo's."""
        kept = json.loads(self._path.read_text()) if self._path.exists() else []
        for person in people:
            known = [each for each in kept if (each["host"], each["email"]) == (host, person["email"])]
            whole = {"host": host, "totp_secret": None, **(known[0] if known else {}), **person}
            if "password" in whole:
                kept = [*(each for each in kept if each not in known), whole]
        self._path.touch(mode=0o600)
        self._path.write_text(json.dumps(kept, ensure_ascii=False, indent=2) + "\n")
