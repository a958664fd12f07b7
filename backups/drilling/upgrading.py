"""A copy of older code becomes one of today's: what lies in it, signed as a drill's, and its migrations."""

from typing import Any

from django.core.management import call_command
from django.db.migrations.loader import MigrationLoader
from django.utils.translation import gettext_noop
from psycopg import Connection

from audit.context import acting
from backups.drilling.work import Found, Work
from backups.exceptions import StepFailed
from backups.sentences import sentence
from tenants.binding import bound_connection, bound_to
from tenants.identity import identity_of

MIGRATIONS = "SELECT app, name FROM public.django_migrations ORDER BY app, name"
TAKE_OVER = """
    UPDATE amana.identity SET (tenant, database, era, purpose, signed_at, signature) = (%s, %s, %s, %s, now(), %s)"""


def upgrade(work: Work) -> Found:
    """As the fleet's migration does it, in the only database that amana_drill can reach."""
    had = _migrations(work.scratch)
    if had != work.manifest["migrations"]:
        raise StepFailed(
            sentence(gettext_noop("The migrations in the copy aren't those that its manifest names."))
        )
    _say_whose_it_is(work)
    with acting("system:drill"), bound_to(work.place):
        alias = work.place.alias
        _refuse_another_history(MigrationLoader(bound_connection()))
        call_command("migrate", database=alias, verbosity=0, interactive=False)
    new = len(_migrations(work.scratch)) - len(had)
    return Found(
        sentence(
            gettext_noop("%(had)s migrations are today's, and %(new)s more ran on it."), had=len(had), new=new
        ),
        {"had": len(had), "ran": new},
    )


def _migrations(connection: Connection[Any]) -> list[str]:
    return [f"{app}.{name}" for app, name in connection.execute(MIGRATIONS).fetchall()]


def _say_whose_it_is(work: Work) -> None:
    """Signed beforehand by `control`, for a drill of this tenant in scratch: web refuses it, as all others do."""
    if work.is_of_catalog:
        return
    signature = bytes(work.drill.identity_signature)
    work.scratch.execute(TAKE_OVER, [*identity_of(work.place), signature])


def _refuse_another_history(loader: MigrationLoader) -> None:
    """Raises StepFailed where it isn't the beginning of today's: unknown ones, or one without those it needs."""
    known = loader.disk_migrations or {}
    applied = {*loader.applied_migrations}
    unknown = sorted(f"{app}.{name}" for app, name in applied if (app, name) not in known)
    if unknown:
        raise StepFailed(
            sentence(
                gettext_noop("%(migration)s is in the copy, and not in today's code."), migration=unknown[0]
            ),
            unknown=unknown,
        )
    for key in sorted(applied):
        missing = sorted(_parents(loader, key) - applied)
        if missing:
            raise StepFailed(
                sentence(
                    gettext_noop("%(migration)s is in the copy without %(parent)s, which it needs."),
                    migration=".".join(key),
                    parent=".".join(missing[0]),
                )
            )


def _parents(loader: MigrationLoader, key: tuple[str, str]) -> set[tuple[str, str]]:
    return {parent.key for parent in loader.graph.node_map[key].parents}
