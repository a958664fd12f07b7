"""A colleague asks that somebody be sent a link for a new password."""

from django.db import transaction
from django.utils.translation import gettext

from accounts.exceptions import StandingRefused
from accounts.models import User
from accounts.passwords.resetting import may_reset, offer_reset
from audit.context import because


def send_reset_link(person: User, by: User, reason: str) -> None:
    """The letter goes to the person's own address: whoever asks for it learns nothing. The old password still works.

    Raises StandingRefused for oneself, and for whoever has no password to replace.
    """
    with because(reason), transaction.atomic():
        found = User.objects.select_for_update().get(pk=person.pk)
        if found.pk == by.pk:
            raise StandingRefused(gettext("For yourself, change your password on your security page."))
        if not may_reset(found):
            raise StandingRefused(gettext("This person has no password to replace: invite them again."))
        offer_reset(found)
