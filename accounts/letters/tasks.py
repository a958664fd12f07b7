"""What a worker is asked for: one letter. Tried for an hour where the mail server is away."""

import logging
from smtplib import SMTPRecipientsRefused, SMTPResponseException
from typing import Any

from celery import shared_task

from accounts.letters.writing import written
from accounts.models import User
from audit.recording import record

logger = logging.getLogger(__name__)
FIRST_BREAK = 30  # seconds; each next one twice as long, the last 16 minutes
TRIES_AGAIN = 6
FOR_GOOD = 500  # RFC 5321, 4.2.1: a reply of 5yz is permanent


@shared_task(bind=True, max_retries=TRIES_AGAIN)
def deliver(self: Any, person_id: str, letter: str, facts: dict[str, str | int]) -> None:
    """Write the letter and hand it to the mail server. One that can't be sent at last is in the activity log."""
    person = User.objects.filter(pk=person_id).first()
    if person is None:
        return
    try:
        _send(person, letter, facts)
    except OSError as trouble:
        if is_for_good(trouble) or self.request.retries >= TRIES_AGAIN:
            record_failure(person, letter, trouble)
            return
        raise self.retry(countdown=FIRST_BREAK * 2**self.request.retries) from trouble
    except Exception as trouble:
        record_failure(person, letter, trouble)
        raise


def _send(person: User, letter: str, facts: dict[str, str | int]) -> None:
    message = written(person, letter, facts)
    if message is None:
        logger.info("The letter %s to %s isn't needed any more.", letter, person.pk)
        return
    message.send()
    logger.info("The letter %s to %s is sent.", letter, person.pk)


def is_for_good(trouble: OSError) -> bool:
    """Whether the mail server said that trying again is of no use."""
    if isinstance(trouble, SMTPRecipientsRefused):
        return all(code >= FOR_GOOD for code, _ in trouble.recipients.values())
    return isinstance(trouble, SMTPResponseException) and trouble.smtp_code >= FOR_GOOD


def record_failure(person: User, letter: str, trouble: Exception) -> None:
    table = person._meta.db_table
    error = type(trouble).__name__
    record(
        "accounts.letter",
        "failed",
        subject=table,
        object_id=person.pk,
        name=person.name,
        letter=letter,
        error=error,
    )
