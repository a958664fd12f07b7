"""Management commands that know whom they work for, and who must carry them out."""

import getpass
import os
import select
import sys
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from contextvars import copy_context
from typing import Any

import django
from django.conf import settings
from django.core.management import ManagementUtility
from django.core.management.base import BaseCommand, CommandError

from tenants.attribution import attribution
from tenants.binding import CATALOG, bound_tenant, bound_to, is_bound, unbind
from tenants.exceptions import TenancyError
from tenants.places import ProvisionerMissing
from tenants.recording import record_in_catalog

STANDARD_OUTPUT = 1
PIPE_CLOSED = 141  # what a shell says of a program that SIGPIPE ended
# Commands of Django's that mean nothing here, and what to type in their place.
IN_PLACE_OF = {
    "createsuperuser": "Nobody here may do everything by a flag; roles say it. Type create_owner --tenant SLUG |"
    " --catalog EMAIL NAME --reason WHY: it invites an owner, or an operator who may do everything. Nothing was done."
}
NEEDS_CATALOG = ("createcachetable", "makemigrations", "shell", "showmigrations")


def execute(argv: list[str]) -> None:
    """Run a command line; it ends without a word where nobody reads its output any more, as in `| head -1`."""
    try:
        try:
            _execute(argv)
        finally:
            sys.stdout.flush()
    except BrokenPipeError:
        if not _output_is_closed():
            raise
        os.dup2(os.open(os.devnull, os.O_WRONLY), STANDARD_OUTPUT)  # Python flushes once more as it ends
        sys.exit(PIPE_CLOSED)


def _output_is_closed() -> bool:
    poll = select.poll()
    poll.register(STANDARD_OUTPUT, 0)
    return any(event & select.POLLERR for _, event in poll.poll(0))


def _execute(argv: list[str]) -> None:
    """Bound to what `--tenant SLUG` or `--catalog` in it says; refusals become one sentence."""
    arguments, slug, catalog = _without_binding(argv)
    name = arguments[1] if len(arguments) > 1 else "manage.py"
    if name in IN_PLACE_OF:
        sys.exit(f"{name}: {IN_PLACE_OF[name]}")
    try:
        django.setup()
        with attribution().of_command(name), _binding(slug, catalog or name in NEEDS_CATALOG):
            ManagementUtility(arguments).execute()
    except (TenancyError, ProvisionerMissing, CommandError) as refusal:
        sys.exit(f"{name}: {refusal}")


def _without_binding(argv: list[str]) -> tuple[list[str], str | None, bool]:
    """The command line, the slug and the catalog flag; what follows a bare `--` is the command's own."""
    ours, theirs = (argv[: argv.index("--")], argv[argv.index("--") :]) if "--" in argv else (argv, [])
    slug, kept = None, []
    words = iter(ours)
    for word in words:
        if word == "--tenant":
            slug = next(words, "")
        elif word.startswith("--tenant="):
            slug = word.partition("=")[2]
        else:
            kept.append(word)
    catalog = "--catalog" in kept
    return [word for word in kept if word != "--catalog"] + theirs, slug, catalog


def _binding(slug: str | None, catalog: bool) -> AbstractContextManager[None]:
    if slug is not None:
        return bound_to(find_tenant_by_slug(slug))
    return bound_to(CATALOG) if catalog else nullcontext()


def find_tenant_by_slug(slug: str) -> Any:
    """The tenant of that short name, unbound. Raises CommandError with the names there are."""
    from tenants.models import Tenant  # noqa: PLC0415 - apps may still be loading when commands are

    with bound_to(CATALOG):
        tenant = Tenant.objects.not_closed().select_related("server").filter(slug=slug).first()
        if tenant is None:
            known = ", ".join(Tenant.objects.not_closed().values_list("slug", flat=True)[:10]) or "none yet"
            raise CommandError(f"There is no tenant “{slug}”. There are: {known}.")
    return tenant


def who_types() -> str:
    """Who gave this command: AMANA_OPERATOR, or else the user of the operating system. Nobody has proved it."""
    try:
        return settings.AMANA_OPERATOR or getpass.getuser()
    except (KeyError, OSError):
        return f"uid {os.getuid()}"


class ControlCommand(BaseCommand):
    """A command that needs the provisioner: run here where its credential is, else by `control`, line by line."""

    requires_system_checks: list[str] = []  # noqa: RUF012 - Django's own declaration

    def handle(self, *_: Any, **options: Any) -> None:
        if settings.AMANA_PROVISIONER_URL:
            self.carry_out(self.stdout.write, **options)
            return
        from tenants.control import run_by_control  # noqa: PLC0415 - needs loaded apps

        run_by_control(self.name, self.own(options), self.stdout.write)

    def carry_out(self, say: Callable[[str], None], **options: Any) -> None:
        """Do the work, and record that it was done or failed."""
        try:
            self.work(say, **options)
        except Exception:
            record_in_catalog("tenants.command_carried_out", "failed", command=self.name)
            raise
        record_in_catalog("tenants.command_carried_out", command=self.name)

    @property
    def name(self) -> str:
        return type(self).__module__.rpartition(".")[2]

    def own(self, options: dict[str, Any]) -> dict[str, Any]:
        """The options that the command itself defined; an argument may bear the name of an option of Django's."""
        actions = self.create_parser("manage.py", self.name)._actions
        django_s = [each.option_strings for each in BaseCommand().create_parser("", "")._actions]
        ours = {action.dest for action in actions if action.option_strings not in django_s}
        return {key: value for key, value in options.items() if key in ours}

    def work(self, say: Callable[[str], None], **options: Any) -> None:
        """The work itself. Raises CommandError with a sentence where it can't be done."""
        raise NotImplementedError


class FleetCommand(ControlCommand):
    """`--tenant SLUG` chooses whose (option `slug`), `--catalog` the platform's; the work itself binds again."""

    def handle(self, *args: Any, **options: Any) -> None:
        if is_bound() and bound_tenant() is not None:
            options["slug"] = bound_tenant().slug
        elif is_bound() and "only_catalog" in options:
            options["only_catalog"] = True
        copy_context().run(self._handle_unbound, *args, **options)

    def _handle_unbound(self, *args: Any, **options: Any) -> None:
        unbind()
        super().handle(*args, **options)
