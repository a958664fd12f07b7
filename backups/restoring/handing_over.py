"""What the present database hands over to the restored one, once it is shut: its log, and who is shut out."""

from dataclasses import replace

from django.utils.translation import gettext as _
from psycopg import Error, OperationalError

from audit.continuing import begin_anew, carry_over, seal_to_the_end
from audit.exceptions import AnchorContradicted, LogUnfinished, SealError
from audit.recording import record
from backups.models import Restore
from backups.restoring.taking_up import Since, known_since
from tenants.binding import CATALOG, bound_to
from tenants.carrying_out import in_words
from tenants.places import Place
from tenants.provisioner import exists, provisioner

# Classes of SQLSTATE that another try doesn't mend: what is there can't be read, or isn't as it should be.
BROKEN = ("22", "23", "42", "58", "XX")
TABLE = Restore._meta.db_table


def hand_over(restore: Restore, old: Place, new: Place) -> tuple[Place, Since]:
    """Where the restored one is, by the name of its chain, and what it can't know.

    The log is left only where it can't be carried over, and somebody has said after an earlier try that it may be.
    """
    if not is_there(old):
        return _begun_anew(restore, new), Since()
    if not _is_carried_over(restore, old, new):
        new = _begun_anew(restore, new)
    return new, _since(restore, old)


def is_there(place: Place) -> bool:
    with provisioner(server=place) as connection:
        return exists(connection, "database", place.database)


def _is_carried_over(restore: Restore, old: Place, new: Place) -> bool:
    try:
        seal_to_the_end(old)
        carry_over(old, new)
    except (SealError, Error) as trouble:
        _raise_unless_it_may_stay(restore, old, trouble)
        return False
    return True


def _since(restore: Restore, old: Place) -> Since:
    """Where that can't be read, the restore's page says so."""
    try:
        return known_since(old)
    except Error as trouble:
        _raise_unless_it_may_stay(restore, old, trouble)
        restore.error = _(
            "Who was deactivated since the copy can't be read any more: look through the people at once."
        )
        return Since()


def _raise_unless_it_may_stay(restore: Restore, old: Place, trouble: Exception) -> None:
    """From inside `except`: raises it anew, having noted it where it is one that another try won't mend."""
    if not _is_lasting(old, trouble):
        raise trouble
    if not restore.leaves_log:
        with bound_to(CATALOG):
            Restore.objects.filter(pk=restore.pk).update(log_trouble=in_words(trouble))
        raise trouble


def _is_lasting(old: Place, trouble: Exception) -> bool:
    """It lies in the present database, and not in the way to it."""
    if isinstance(trouble, OperationalError) and trouble.sqlstate is None:
        return is_there(old) and not _lets_in(old)
    if isinstance(trouble, Error):
        return (trouble.sqlstate or "")[:2] in BROKEN
    return isinstance(trouble, AnchorContradicted | LogUnfinished)


def _lets_in(place: Place) -> bool:
    try:
        with provisioner(place.database, place):
            return True
    except OperationalError:
        return False


def _begun_anew(restore: Restore, new: Place) -> Place:
    """The present log is lost: what the copy holds of it is proven, and begins a chain of its own.

    The copy's chain is its own word: the present one may have begun after it was taken.
    """
    anew = replace(new, log=new.database)
    begin_anew(replace(new, log=restore.backup.manifest.get("chain", new.chain)), anew)
    with bound_to(CATALOG):
        at = f"{restore.backup.snapshot_at:%Y-%m-%d %H:%M} UTC"
        slug = restore.tenant.slug
        record("backups.log_begun_anew", subject=TABLE, object_id=restore.pk, tenant=slug, at=at)
    return anew
