"""Who is locked out after too many failed attempts to sign in, until when, and how they are let try again sooner."""

import logging
from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from axes.models import AccessAttempt
from django.utils.translation import gettext

from accounts.exceptions import UnlockRefused
from accounts.limits.attempts import failures, free_at, shut_keys
from accounts.limits.keys import keys_of
from accounts.limits.tasks import tell_who_is_locked_out
from accounts.models import User
from audit.recording import record
from tenants.celery import BROKER_AWAY

logger = logging.getLogger(__name__)
TABLE = User._meta.db_table


def locked_until(person: User) -> datetime | None:
    """When `person` may try again from everywhere; None for whoever isn't locked out anywhere."""
    ends = []
    for key in keys_of(person.email):
        counted = failures(key)
        ends += [free_at(counted, spot) for spot in {each.spot for each in counted}]
    return max(filter(None, ends), default=None)


def locked_among(people: Iterable[tuple[UUID, str]]) -> frozenset[UUID]:
    """Of these, each with the address, who is locked out somewhere. One query, before any of them is looked at.

    What is counted is known by hashes of addresses alone, which are made anew while somebody is locked out.
    """
    shut = shut_keys()
    if not shut:
        return frozenset()
    return frozenset(pk for pk, email in people if not shut.isdisjoint(keys_of(email)))


def unlock(person: User, by: User | None) -> None:
    """`person` may try again now. `by` is None where a command does it.

    Raises UnlockRefused: a stolen session mustn't win guesses at its owner's password.
    """
    if by is not None and by.pk == person.pk:
        raise UnlockRefused(gettext("Nobody unlocks themselves: wait, or ask another administrator."))
    AccessAttempt.objects.filter(username__in=keys_of(person.email)).delete()
    record("accounts.unlocked", subject=TABLE, object_id=person.pk, name=person.name)


def record_lockout(person: User | None, address: str) -> None:
    """The limit is reached. It takes as long where nobody has this address, of which only the hash is told."""
    if person:
        record("accounts.locked_out", "refused", subject=TABLE, object_id=person.pk, name=person.name)
    else:
        record("accounts.stranger_locked_out", "refused", address=address)
    try:
        tell_who_is_locked_out.delay(str(person.pk) if person else "")
    except BROKER_AWAY:
        logger.warning("The broker is away: somebody who is locked out isn't told by letter.")
