"""Writing to people: a letter by e-mail, in their own language, once what it tells of is committed."""

import logging
from functools import partial

from django.db import transaction

from accounts.letters.tasks import deliver, record_failure
from accounts.models import User
from tenants.binding import bound_alias
from tenants.celery import BROKER_AWAY
from tenants.routing import check_origin

logger = logging.getLogger(__name__)


def send_letter(person: User, letter: str, **facts: str | int) -> None:
    """Send templates/letters/<letter>.txt and .html to `person`, one of whoever is bound; a worker does it.

    `facts` are what the templates name besides; they travel through the broker, so a secret is never among them: the
    worker makes links itself (accounts/letters/links.py). Raises CrossTenantError for another tenant's person.
    """
    check_origin(person, bound_alias())
    transaction.on_commit(partial(_post, person, letter, facts))


def _post(person: User, letter: str, facts: dict[str, str | int]) -> None:
    """What is committed stays, whether or not a letter can tell of it: that it can't is in the activity log."""
    try:
        deliver.delay(str(person.pk), letter, facts)
    except BROKER_AWAY as trouble:
        logger.warning("The broker is away; the letter %s to %s isn't sent.", letter, person.pk)
        record_failure(person, letter, trouble)
