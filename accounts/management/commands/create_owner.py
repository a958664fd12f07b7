"""create_owner (--tenant SLUG | --catalog) EMAIL NAME: invite an owner, or the first operator; ends with their link."""

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from accounts.commands import recorded, required_binding
from accounts.granting import Terms, grant
from accounts.inviting import set_password_link
from accounts.models import Role, User
from audit.recording import record
from tenants.binding import bound_tenant
from tenants.origins import site_url

TABLE = User._meta.db_table


class Command(BaseCommand):
    help = "Invite an owner of a tenant, or an operator who may do everything; prints the link that sets a password."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("email")
        parser.add_argument("name")
        parser.add_argument("--reason", required=True)

    def handle(self, *_: Any, **options: Any) -> None:
        required_binding()
        with recorded(options["reason"]):
            owner = make_owner(options["email"], options["name"], options["reason"])
            link = set_password_link(owner, _site())
        self.stdout.write(f"{owner.name} sets a password here, once:")
        self.stdout.write(link)


@transaction.atomic
def make_owner(email: str, name: str, reason: str) -> User:
    """Raises CommandError for somebody who signs in already: a link would let whoever reads it in as them."""
    person, is_new = User.objects.bring_in(email, name)
    if not person.is_active:
        raise CommandError(f"{person.email} is deactivated: reactivate them first. Nothing was done.")
    if person.has_usable_password():
        raise CommandError(
            f"{person.email} has a password already: an administrator gives roles. Nothing was done."
        )
    if is_new:
        record("accounts.invited", subject=TABLE, object_id=person.pk, name=person.name)
    role = Role.objects.get(code="owner" if bound_tenant() else "super_admin")
    if not person.assignments.not_over().filter(role=role).exists():
        grant(person, role, by=None, terms=Terms(reason=reason))
    return person


def _site() -> str:
    tenant = bound_tenant()
    return tenant.site_url if tenant else site_url(settings.AMANA_OPERATOR_HOST)
