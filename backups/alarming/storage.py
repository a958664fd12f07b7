"""Whom the storage doesn't serve: each of the three who work with it has an alarm of its own, in the true word."""

import errno
from collections.abc import Iterator

from django.utils import timezone
from django.utils.translation import gettext_noop

from backups.alarming.kinds import AlarmKind
from backups.alarming.raising import end_alarm, raise_alarm
from backups.alarming.standing import ours
from backups.exceptions import StorageAway, StorageForbids
from backups.sentences import sentence
from backups.storage import Role
from tenants.binding import in_catalog

KINDS: dict[Role, AlarmKind] = {
    "writer": AlarmKind.STORAGE,
    "reader": AlarmKind.READING,
    "keeper": AlarmKind.KEEPING,
}
WAITS: dict[Role, str] = {
    "writer": gettext_noop("copies wait for it"),
    "reader": gettext_noop("no copy can be verified, drilled or restored"),
    "keeper": gettext_noop("no copy can be ended"),
}
FORBIDS = gettext_noop(
    "The backup storage forbids the %(role)s what it must do, by its rights or a revoked secret: %(waits)s."
)
IS_FULL = gettext_noop("The backup storage is full: %(waits)s.")
NO_ANSWER = gettext_noop("The backup storage doesn't answer: %(waits)s.")
FULL = (errno.ENOSPC, errno.EDQUOT)
SHUT = (errno.EACCES, errno.EPERM, errno.EROFS)


def storage_refuses(role: Role, trouble: StorageAway) -> None:
    """It stands in the words of now: what was away and forbids now is another thing to mend. Whatever is bound."""
    says = sentence(_why(trouble), role=role, waits=sentence(WAITS[role]))
    in_catalog(lambda: _end_in_other_words(KINDS[role], says))
    raise_alarm(KINDS[role], None, says)


def storage_serves(role: Role) -> None:
    """It did just now what it refused. Whatever is bound."""
    end_alarm(KINDS[role], None)


def is_full(trouble: BaseException) -> bool:
    """A disk has no room, or its owner's share of it is used up."""
    return any(number in FULL for number in _numbers(trouble))


def _why(trouble: StorageAway) -> str:
    if isinstance(trouble, StorageForbids) or any(number in SHUT for number in _numbers(trouble)):
        return FORBIDS
    return IS_FULL if is_full(trouble) else NO_ANSWER


def _numbers(trouble: BaseException | None) -> Iterator[int | None]:
    """Of the errors of the operating system that it came from."""
    while trouble is not None:
        if isinstance(trouble, OSError):
            yield trouble.errno
        trouble = trouble.__cause__


def _end_in_other_words(kind: AlarmKind, says: str) -> None:
    standing = ours().filter(kind=kind, closed_at=None).exclude(says=says)
    standing.update(closed_at=timezone.now())
