"""Real tenants for tests: made by the product's own provisioning, on the suite's own PostgreSQL."""

import secrets

from django.core.management import call_command
from django.test import Client

from accounts.models import User
from keys.preparing import prepare_keys
from tenants.binding import CATALOG, bound_to
from tenants.carrying_out import carry_out
from tenants.closing import request_closing
from tenants.models import Tenant
from tenants.provisioning import request_tenant
from tenants.setting_up import prepare_catalog
from tenants.templating import ensure_template

PASSWORD = "correct horse battery staple 7"


def prepare() -> None:
    prepare_catalog()
    prepare_keys()
    ensure_template()
    call_command("collectstatic", interactive=False, verbosity=0)


def provision(slug: str = "", name: str = "", language: str = "en") -> Tenant:
    """A new tenant, published, whose owner is owner@example.com."""
    slug = slug or f"x{secrets.token_hex(5)}"
    with bound_to(CATALOG):
        operation = request_tenant(slug, name or slug, language, ("owner@example.com", "Olivia"), "test")
    return carry_out(operation.pk).tenant


def close(tenant: Tenant) -> None:
    with bound_to(CATALOG):
        tenant = Tenant.objects.select_related("server").get(pk=tenant.pk)
        if tenant.state == "closed":
            return
        operation = request_closing(tenant, tenant.slug, "test")
    carry_out(operation.pk)


def add_user(email: str, name: str) -> User:
    """A person of whoever is bound, who signs in with PASSWORD."""
    user = User.objects.invite(email, name)
    user.set_password(PASSWORD)
    user.save()
    return user


def client_of(host: str) -> Client:
    return Client(SERVER_NAME=host)


def signed_in(tenant: Tenant, user: User) -> Client:
    client = client_of(tenant.primary_host)
    with bound_to(tenant):
        client.force_login(user)
    return client
