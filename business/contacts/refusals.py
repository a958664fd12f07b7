"""What contacts say no to, in words for the person who asked."""

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

if TYPE_CHECKING:
    from business.contacts.models import Contact


class ContactRefused(Exception):
    """A verb met a state that doesn't allow it; the message is shown as it stands."""


class ChangedMeanwhile(ContactRefused):
    """Somebody saved this contact after the form was opened; `saved` is what they made of it."""

    def __init__(self, saved: "Contact") -> None:
        super().__init__(_("This contact was changed while you were editing it."))
        self.saved = saved
