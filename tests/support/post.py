"""The post: what send_letter asked for in a block, delivered at its end as a worker would, into Django's outbox."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

from django.core import mail
from django.core.mail import EmailMessage
from django.db import connections

from config.celery import app
from tenants.binding import Bindable, bound_to


@contextmanager
def posted(target: Bindable) -> Iterator[list[EmailMessage]]:
    """For tests whose databases are kept in a transaction (tests/support/savepoints.py): what waits for its commit is
    done at the end of the block, bound to `target`. The list is filled then.
    """
    with bound_to(target):
        waiting = connections[target.place.alias].run_on_commit
        before = len(waiting)
    letters: list[EmailMessage] = []
    yield letters
    already = len(mail.outbox)
    with bound_to(target), at_once():
        waiting = connections[target.place.alias].run_on_commit
        while len(waiting) > before:
            waiting.pop(before)[1]()
    letters += mail.outbox[already:]


@contextmanager
def at_once() -> Iterator[None]:
    """Tasks run where they are sent, in words of Celery's own: eagerly."""
    app.conf.task_always_eager = True
    try:
        yield
    finally:
        app.conf.task_always_eager = False


def link_in(letter: EmailMessage) -> str:
    """The path of the link by which a password is set."""
    found = re.search(r"http\S+/set-password/\S+", str(letter.body))
    assert found
    return urlsplit(found[0]).path
