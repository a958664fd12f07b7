"""What becomes of a set-password link, in the activity log."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from django.db import transaction

from accounts.acting import actor_of
from accounts.models import User
from audit.context import acting_like, acting_now
from audit.recording import record

TABLE = User._meta.db_table


@contextmanager
def use_link(user: User) -> Iterator[None]:
    """Inside, whoever holds the link acts as `user`, who isn't signed in by that; the new password and both events, or
    none.
    """
    with acting_like(replace(acting_now(), actor=actor_of(user))), transaction.atomic():
        yield
        record("accounts.link_used", subject=TABLE, object_id=user.pk, name=user.name)


def record_refused_link(user: User | None) -> None:
    """A link that was used, is too old or was made up; `user` is None where it names nobody who may use one."""
    if user:
        record("accounts.link_used", "refused", subject=TABLE, object_id=user.pk, name=user.name)
    else:
        record("accounts.link_made_up", "refused")
