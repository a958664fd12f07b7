"""Forgotten passwords: asked for in a request, which never learns whether there is such a person; a worker does."""

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from accounts.addresses import our_site
from accounts.exceptions import PasswordRefused
from accounts.inviting import set_password_link
from accounts.letters.sending import send_letter
from accounts.models import User
from accounts.passwords.changing import end_sessions_of
from accounts.passwords.tokens import RESET_LASTS
from accounts.signing_in import address_hash
from audit.recording import record

TABLE = User._meta.db_table


def send_reset(address: str) -> None:
    """The letter, to whoever has this address; the links sent before are worthless. Every answer is recorded."""
    person = User.objects.filter(email=address).first()
    if person is None:
        record("accounts.stranger_forgot", "refused", address=address_hash(address))
    elif not may_reset(person):
        record("accounts.reset_asked", "refused", subject=TABLE, object_id=person.pk, name=person.name)
    else:
        offer_reset(person)


@transaction.atomic
def offer_reset(person: User) -> None:
    """Another letter to `person`, whose earlier links end."""
    User.objects.filter(pk=person.pk).update(link_epoch=F("link_epoch") + 1)
    record("accounts.reset_asked", subject=TABLE, object_id=person.pk, name=person.name)
    send_letter(person, "password-reset", minutes=int(RESET_LASTS.total_seconds() // 60))


def may_reset(person: User) -> bool:
    """Whoever was invited and never came in waits for an invitation: that one's end would mean nothing otherwise."""
    return person.is_active and person.has_usable_password()


def reset_link(person: User, **_facts: str | int) -> str:
    """For the worker that writes the letter."""
    return set_password_link(person, our_site()) if may_reset(person) else ""


@transaction.atomic
def demand_new_password(person: User, by: User) -> None:
    """An administrator's doing: sessions end, a link is sent, and whoever comes in with the present password sets
    another one before anything else. Raises PasswordRefused for whoever has none yet: send an invitation then.
    """
    if not may_reset(person):
        raise PasswordRefused(_("There is no password to be reset: send another invitation."))
    User.objects.filter(pk=person.pk).update(must_set_password=True)
    end_sessions_of(person)
    record("accounts.password_demanded", subject=TABLE, object_id=person.pk, name=person.name)
    offer_reset(person)
