"""Who hears of a restore by letter: those who must do something about it, and of its end the owner who asked for it."""

import logging
from functools import partial

from django.db import transaction
from django.urls import reverse
from django.utils.module_loading import import_string

from accounts.letters.sending import send_letter
from accounts.models import User
from accounts.support.asking import people_who_may
from backups.models import Restore
from backups.persons import is_same_person, named_operator, shown
from tenants.binding import CATALOG, bound_to
from tenants.celery import BROKER_AWAY

logger = logging.getLogger(__name__)
CARRY_OUT, AGREE = "platform.backup:restore", "platform.backup:approve"


def tell_operators(restore: Restore) -> None:
    """Of what is asked for, bound to the catalog: who may agree, or carry out what an owner asks for."""
    for person in people_who_may(CARRY_OUT if restore.asked_by_tenant else AGREE):
        if not is_same_person(named_operator(person), restore.requested_by):
            send_letter(
                person,
                "restore-asked",
                tenant=restore.tenant.name,
                asked_by=shown(restore.requested_by),
                reason=restore.reason,
                page=reverse("restores:restore-detail", urlconf="config.urls_operator", args=[restore.pk]),
            )


def tell_the_owner(restore: Restore) -> None:
    """Of the end of what they asked for, once that is committed; the worker `default` does it, bound to them."""
    if restore.asked_by_tenant:
        transaction.on_commit(partial(_send, str(restore.pk)))


def _send(pk: str) -> None:
    try:
        import_string("backups.tasks.tell_owner_of_restore").delay(pk)
    except BROKER_AWAY:
        logger.warning("The broker is away: whoever asked for the restore %s isn't told of its end.", pk)


def write_to_the_owner(pk: str) -> None:
    """Unbound. Nobody, where whoever asked is no longer there."""
    with bound_to(CATALOG):
        restore = Restore.objects.select_related("tenant__server").get(pk=pk)
    with bound_to(restore.tenant):
        owner = User.objects.active().filter(email__iexact=shown(restore.requested_by)).first()
        if owner is not None:
            send_letter(owner, "restore-ended", state=restore.state, why=restore.error)
