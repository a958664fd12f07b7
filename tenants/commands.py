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
from tenants.endings import NOT_CARRIED_OUT, ending_of
from tenants.recording import record_in_catalog

STANDARD_OUTPUT = 1
PIPE_CLOSED = 141  # what a shell says of a program that SIGPIPE ended
# Commands of Django's that mean nothing here, and what to type in their place.
IN_PLACE_OF = {
    "createsuperuser": "Nobody here may do everything by a flag; roles say it. Type create_owner --tenant SLUG |"
    " --catalog EMAIL NAME --reason WHY: it invites an owner, or an operator who may do everything. Nothing was done."
}
CONTRADICTION = "Say one tenant, or the catalog, and not two of them: nothing was done."
# Of customers that are closed, copies may still be there: for the law, or until their time has come.
OF_CLOSED_TOO = ("backups", "expire_backups", "recovery_keys", "restore", "verify_backup")
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
    """Bound to what `--tenant SLUG` or `--catalog` in it says; refusals, and what is away, become one sentence."""
    name = "manage.py"
    try:
        arguments, slug, catalog = _without_binding(argv)
        name = arguments[1] if len(arguments) > 1 else name
        if name in IN_PLACE_OF:
            raise CommandError(IN_PLACE_OF[name])
        django.setup()
        with (
            attribution().of_command(name),
            _binding(slug, catalog or name in NEEDS_CATALOG, name in OF_CLOSED_TOO),
        ):
            ManagementUtility(arguments).execute()
    except BrokenPipeError:
        raise
    except Exception as error:  # noqa: BLE001 - whatever it is, its exit code says that nothing was found
        sys.exit(_told(name, error))


def _told(name: str, error: Exception) -> int:
    """The exit code, once it is said why; of what nobody foresaw the hook says where it happened."""
    ending = ending_of(error)
    if ending is None:
        sys.excepthook(type(error), error, error.__traceback__)
        return NOT_CARRIED_OUT
    sys.stderr.write(f"{name}: {ending[0]}\n")
    return ending[1]


def _without_binding(argv: list[str]) -> tuple[list[str], str | None, bool]:
    """The command line, the slug and the catalog flag; what follows a bare `--` is the command's own.

    Raises CommandError where it names two.
    """
    ours, theirs = (argv[: argv.index("--")], argv[argv.index("--") :]) if "--" in argv else (argv, [])
    slug, kept = None, []
    words = iter(ours)
    named = set()
    for word in words:
        if word == "--tenant":
            named.add(slug := next(words, ""))
        elif word.startswith("--tenant="):
            named.add(slug := word.partition("=")[2])
        else:
            kept.append(word)
    catalog = "--catalog" in kept
    if len(named) + catalog > 1:
        raise CommandError(CONTRADICTION, returncode=NOT_CARRIED_OUT)
    return [word for word in kept if word != "--catalog"] + theirs, slug, catalog


def _binding(slug: str | None, catalog: bool, closed: bool) -> AbstractContextManager[None]:
    if slug is not None:
        return bound_to(find_tenant_by_slug(slug, closed=closed))
    return bound_to(CATALOG) if catalog else nullcontext()


def find_tenant_by_slug(slug: str, *, closed: bool = False) -> Any:
    """The tenant of that short name, unbound; `closed`: else the one that had it last.

    Raises CommandError with the names there are.
    """
    from tenants.models import Tenant  # noqa: PLC0415 - apps may still be loading when commands are

    with bound_to(CATALOG):
        named = Tenant.objects.select_related("server").filter(slug=slug)
        tenant = named.not_closed().first() or (named.order_by("-created_at").first() if closed else None)
        if tenant is None:
            known = ", ".join(Tenant.objects.not_closed().values_list("slug", flat=True)[:10]) or "none yet"
            raise CommandError(
                f"There is no tenant “{slug}”. There are: {known}.", returncode=NOT_CARRIED_OUT
            )
    return tenant


def who_types() -> str:
    """Who gave this command: AMANA_OPERATOR, or else the user of the operating system. Nobody has proved it."""
    try:
        return settings.AMANA_OPERATOR or getpass.getuser()
    except (KeyError, OSError):
        return f"uid {os.getuid()}"


class ControlCommand(BaseCommand):
    """A command that needs the provisioner: run here where its credential is, else by `control`, line by line.

    `tell` says on standard error how far it is, where what is said is for a program.
    """

    tell: Callable[[str], None]
    requires_system_checks: list[str] = []  # noqa: RUF012 - Django's own declaration

    def handle(self, *_: Any, **options: Any) -> None:
        self.tell = self.stderr.write
        if settings.AMANA_PROVISIONER_URL:
            self.carry_out(self.stdout.write, **options)
            return
        from tenants.control import run_by_control  # noqa: PLC0415 - needs loaded apps

        run_by_control(self.name, self.own(options), self.stdout.write, self.tell)

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
        if is_bound():
            options |= _bound_choice(options)
        copy_context().run(self._handle_unbound, *args, **options)

    def _handle_unbound(self, *args: Any, **options: Any) -> None:
        unbind()
        super().handle(*args, **options)


def _bound_choice(options: dict[str, Any]) -> dict[str, Any]:
    """What `--tenant` or `--catalog` sets. Raises CommandError where the command's own words say something else."""
    tenant = bound_tenant()
    ours = {"slug": tenant.slug} if tenant else {"only_catalog": True}
    given = {name: options[name] for name in ("slug", "only_catalog") if options.get(name)}
    if given and given != ours:
        raise CommandError(CONTRADICTION, returncode=NOT_CARRIED_OUT)
    if tenant is None and "slug" in options and "only_catalog" not in options:
        raise CommandError("This command isn't one for the catalog alone.", returncode=NOT_CARRIED_OUT)
    return ours
