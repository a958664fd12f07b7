"""restore --tenant SLUG: ask for a restore, agree to one, carry it out, put it in force, or give it up."""

import sys
from argparse import ArgumentParser
from contextvars import copy_context
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError

from backups.at_a_shell import as_operator
from backups.exceptions import BackupError
from backups.models import Backup, Restore
from backups.restoring import asking
from backups.restoring.beside import drop_soon
from backups.restoring.following import as_document, exit_code, follow
from backups.restoring.showing import AGREE, MAY
from tenants.binding import CATALOG, bound_tenant, bound_to, is_bound, unbind
from tenants.models import Operation, Tenant

REFUSED, WAITS = 2, 3
VERBS = ("agree", "begin", "put_in_force", "give_up")
ASKING = ("latest", "backup")
NOT_OF_THE_CATALOG = "It is a tenant that is restored: rebuild_catalog is for the catalog."
# What is of no use, and so a slip, with another verb than these.
ONLY_WITH = {
    "purpose": ASKING,
    "reason": (*ASKING, "give_up"),
    "in_place": ASKING,
    "confirm": ("in_place", "put_in_force"),
    "leave_log": ("put_in_force",),
}


class Command(BaseCommand):
    help = (
        "Restore a tenant from a copy. Give --tenant SLUG with --latest or --backup UUID, --purpose and --reason to ask"
        " for it; then --agree ID (somebody else), --begin ID, and --put-in-force ID or --give-up ID. Each takes --as"
        " EMAIL, an operator who may, and the code that their app shows now. Exit code 0: it is as asked (in place: in"
        " force); 1: it failed; 2: refused; 3: it waits until somebody agrees; 4: nobody is at it, so it isn't over."
    )

    requires_system_checks: list[str] = []  # noqa: RUF012 - Django's own declaration

    def add_arguments(self, parser: ArgumentParser) -> None:
        which = parser.add_mutually_exclusive_group()
        which.add_argument("--latest", action="store_true", help="the newest copy that is stored")
        which.add_argument("--backup", type=UUID, help="this copy")
        for verb in VERBS:
            which.add_argument(f"--{verb.replace('_', '-')}", type=UUID, metavar="ID")
        parser.add_argument(
            "--as", dest="email", required=True, metavar="EMAIL", help="the operator who does it"
        )
        parser.add_argument("--code", default="", help="what their app shows now; else it is asked for")
        parser.add_argument("--purpose", choices=[*Restore.Purpose.values], default="")
        parser.add_argument("--reason", default="")
        parser.add_argument("--in-place", action="store_true", help="replace the present data at once")
        parser.add_argument("--confirm", default="", metavar="SLUG", help="the short name, letter by letter")
        parser.add_argument(
            "--leave-log", action="store_true", help="with --put-in-force: the present log can't be read"
        )
        parser.add_argument("--json", action="store_true", help="progress on standard error, the end as JSON")

    def handle(self, *_: Any, **options: Any) -> None:
        if is_bound() and bound_tenant() is None:
            raise CommandError(NOT_OF_THE_CATALOG, returncode=REFUSED)
        tenant = bound_tenant() if is_bound() else None
        _refuse_slips(tenant, options)
        if code := copy_context().run(self._do, tenant, **options):
            sys.exit(code)

    def _do(self, tenant: Tenant | None, **options: Any) -> int:
        unbind()
        try:
            by = as_operator(options["email"], options["code"], AGREE if options["agree"] else MAY)
            restore, operation = _done(tenant, by, options)
        except BackupError as refusal:
            self.stderr.write(f"restore: {refusal}")
            return REFUSED
        say = self.stderr.write if options["json"] else self.stdout.write
        ended = follow(operation, restore, say) if operation else None
        with bound_to(CATALOG):
            restore.refresh_from_db()
            told = as_document(restore) if options["json"] else _in_words(restore)
        self.stdout.write(told)
        if ended is not None:
            return exit_code(ended, restore, self.stderr.write)
        return WAITS if restore.state == Restore.State.REQUESTED else 0


def _refuse_slips(tenant: Tenant | None, options: dict[str, Any]) -> None:
    """Before a code is used up. Raises CommandError."""
    for name, verbs in ONLY_WITH.items():
        if options[name] and not any(options[verb] for verb in verbs):
            ways = " or ".join(_flag(verb) for verb in verbs)
            raise CommandError(f"{_flag(name)} goes with {ways}: nothing was done.", returncode=REFUSED)
    if not any(options[verb] for verb in VERBS) and (
        tenant is None or not any(options[way] for way in ASKING)
    ):
        raise CommandError("Say what: --tenant SLUG with --latest or --backup UUID.", returncode=REFUSED)


def _flag(name: str) -> str:
    return f"--{name.replace('_', '-')}"


def _done(tenant: Tenant | None, by: str, options: dict[str, Any]) -> tuple[Restore, Operation | None]:
    """What was asked for, and the operation that carries it out. Raises BackupError, CommandError."""
    with bound_to(CATALOG):
        named = [options[verb] for verb in VERBS if options[verb]]
        if tenant is not None and not named:
            return _asked(tenant, options, by), None
        restore = _restore(named[0], tenant)
        if options["agree"]:
            asking.approve(restore, by)
        elif options["begin"]:
            return restore, asking.begin(restore, by)
        elif options["put_in_force"]:
            typed, leave_log = options["confirm"], options["leave_log"]
            return restore, asking.ask_swap(restore, by, typed, leave_log=leave_log)
        else:
            asking.give_up(restore, by, options["reason"] or "")
            drop_soon()
    return restore, None


def _asked(tenant: Tenant, options: dict[str, Any], by: str) -> Restore:
    stored = Backup.objects.stored().filter(tenant=tenant, damage="").newest_first()
    found = (stored if options["latest"] else stored.filter(pk=options["backup"])).first()
    if found is None:
        raise CommandError(f"There is no such copy of {tenant} in the storage.", returncode=REFUSED)
    wish = asking.Wish(options["purpose"], options["reason"], options["in_place"], options["confirm"])
    return asking.ask(tenant, found, by, wish)


def _restore(pk: UUID | None, tenant: Tenant | None) -> Restore:
    """Where a tenant is named, another's isn't found."""
    found = Restore.objects.select_related("tenant").filter(pk=pk).first() if pk else None
    if found is None:
        raise CommandError("There is no such restore.", returncode=REFUSED)
    if tenant is not None and found.tenant_id != tenant.pk:
        raise CommandError(f"There is no such restore of {tenant}: nothing was done.", returncode=REFUSED)
    return found


def _in_words(restore: Restore) -> str:
    error = f": {restore.error}" if restore.error else ""
    return f"{restore.pk} {restore.get_state_display()}{error}"
