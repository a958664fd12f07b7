"""Real tenants for tests: made by the product's own provisioning, on the suite's own PostgreSQL."""

import secrets
from typing import cast

from django.contrib.auth.models import Group
from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from accounts.granting import Terms, grant
from accounts.models import Assignment, Role, User
from accounts.role_content import rows_of
from accounts.sessions import SessionStore
from backups.preparing import prepare_backups
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
    prepare_backups()
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


def add_user(email: str, name: str, role: str) -> User:
    """A person of whoever is bound, who signs in with PASSWORD and has one of the built-in roles."""
    user = User.objects.invite(email, name)
    if not user.assignments.not_over().filter(role__code=role).exists():
        grant(user, Role.objects.get(code=role), by=None)
    user.set_password(PASSWORD)
    user.save()
    return user


def client_of(host: str) -> Client:
    return Client(SERVER_NAME=host)


def signed_in(tenant: Tenant, user: User) -> Client:
    client = client_of(tenant.primary_host)
    with bound_to(tenant):
        let_in(client, user)
    return client


def let_in(client: Client, user: User) -> None:
    """Signed in with whoever is bound, with a second factor, and having just proved who they are."""
    client.force_login(user)
    now = timezone.now()
    session = cast(SessionStore, client.session)
    session.mark(signed_in_at=now, factor_at=now, confirmed_at=now)


def give(user: User, *codes: str, scope: str = "tenant") -> Assignment:
    """`user`, of whoever is bound, has a role of its own with exactly these permissions from now on."""
    name = f"Test {secrets.token_hex(4)}"
    role = Role.objects.create(group=Group.objects.create(name=name), name=name)
    role.group.permissions.set(rows_of(frozenset(codes)))
    return grant(user, role, by=None, terms=Terms(scope=scope))
