"""Forgotten passwords: asked for in a request, which never learns whether there is such a person; a worker does."""

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext

from accounts.addresses import our_site
from accounts.exceptions import PasswordRefused
from accounts.granting import refuse_who_may_no_longer
from accounts.inviting import set_password_link
from accounts.letters.sending import send_letter
from accounts.models import SecurityPolicy, User
from accounts.passwords.changing import shut_out
from accounts.passwords.tokens import RESET_LASTS
from accounts.passwords.voiding import void_password
from accounts.signing_in import address_hash
from audit.context import because
from audit.recording import record

TABLE = User._meta.db_table
CODE = "accounts.user:reset_password"


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
    _begin_links_anew(person)
    record("accounts.reset_asked", subject=TABLE, object_id=person.pk, name=person.name)
    _send_link(person, "password-reset")


def demand_new_password(person: User, by: User, reason: str) -> None:
    """A colleague's doing, for a password that was forgotten or that somebody else may know: it works no more.

    Every session ends, no browser is known any more, and a letter to the person's own address brings a link: whoever
    asks for it learns nothing. Raises PasswordRefused for oneself, and for whoever has no password to replace;
    GrantRefused where `by` may not do it any more.
    """
    with because(reason), transaction.atomic():
        SecurityPolicy.hold()
        found = User.objects.select_for_update().get(pk=person.pk)
        if found.pk == by.pk:
            raise PasswordRefused(gettext("For yourself, change your password on your security page."))
        refuse_who_may_no_longer(by, CODE)
        if not may_reset(found):
            raise PasswordRefused(gettext("This person has no password to replace: invite them again."))
        void_password(found)
        shut_out(found)
        _begin_links_anew(found)
        record("accounts.password_demanded", subject=TABLE, object_id=found.pk, name=found.name)
        _send_link(found, "password-demanded")


def _begin_links_anew(person: User) -> None:
    User.objects.filter(pk=person.pk).update(link_epoch=F("link_epoch") + 1)


def _send_link(person: User, letter: str) -> None:
    send_letter(person, letter, minutes=int(RESET_LASTS.total_seconds() // 60))


def may_reset(person: User) -> bool:
    """Whoever was invited and never came in waits for an invitation: that one's end would mean nothing otherwise."""
    return person.is_active and person.has_usable_password()


def reset_link(person: User, **_facts: str | int) -> str:
    """For the worker that writes the letter."""
    return set_password_link(person, our_site()) if may_reset(person) else ""
